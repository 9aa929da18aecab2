import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { drawCharts } from '../../bench/report/draw-charts.ts';
import { launchBrowser } from '../harness/browser.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

const ms = { name: 'ms' };
const SVG = drawCharts('Times <of> "all"', [
  {
    kind: 'bars',
    title: 'As bars',
    axis: ms,
    bars: [{ name: 'A & B', value: 2, low: 1, high: 3 }],
    anchor: { name: 'plain', value: 1 },
  },
  {
    kind: 'groups',
    title: 'In groups',
    size: 'half',
    axis: ms,
    groups: ['product'],
    series: [{ name: 'p99', figures: [{ value: 7 }] }],
  },
  {
    kind: 'lines',
    title: 'As lines',
    size: 'half',
    x: { name: 'rows', isLogarithmic: true },
    y: { ...ms, isLogarithmic: true },
    lines: [
      {
        name: 'bare SQL',
        isAnchor: true,
        points: [
          { x: 1_000, value: 2 },
          { x: 10_000, value: 3 },
        ],
      },
    ],
  },
]);

test('a picture is an SVG file with its title, on white, with every name in it', async () => {
  await page.goto(`data:image/svg+xml;base64,${Buffer.from(SVG).toString('base64')}`);
  expect(await page.locator('parsererror').count()).toBe(0);
  expect(await page.getByRole('img', { name: 'Times <of> "all"' }).count()).toBe(1);
  const shown = await page.locator('svg').first().textContent();
  for (const name of ['As bars', 'A & B', 'plain', 'In groups', 'product', 'p99', 'As lines', 'bare SQL', '1K', '10K'])
    expect(shown).toContain(name);
  expect(SVG).toContain('<rect width="100%" height="100%" fill="#fff"/>');
});
