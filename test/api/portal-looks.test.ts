import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { contrast } from '../../email/templates.ts';
import { themeCss } from '../../portal/portal-theme.ts';
import { launchBrowser } from '../harness/browser.ts';
import { findViolations } from '../harness/find-violations.ts';
import { invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** For text of any size (WCAG 2.2, success criterion 1.4.3). */
const AA = 4.5;

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

test('every colour is readable in both schemes', () => {
  for (const color of ['#000000', '#ffffff', '#ffff00', '#808080', '#1f5eff', '#00ff7f', '#ff0000', '#14171c']) {
    const css = themeCss(color);
    const [, light, dark] = /--accent: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/.exec(css)!;
    const [, onButton] = /--on-button: (#[0-9a-f]{6})/.exec(css)!;
    const pairs = [
      [light, '#ffffff'],
      [light, '#f3f5f8'],
      [dark, '#1f242c'],
      [dark, '#14171c'],
      [onButton, color],
    ];
    for (const [text, ground] of pairs) {
      expect(`${color}: ${text} on ${ground} ${contrast(text!, ground!) >= AA}`).toBe(
        `${color}: ${text} on ${ground} true`,
      );
    }
    expect(css).toContain(`--button: ${color};`);
  }
});

test('the colours are a stylesheet of their own, kept by browsers until they change', async () => {
  const { slug, api } = await stage.openPortal({ color: '#ffe14d' });
  const { link } = await invite(stage, api);
  const html = await (await fetch(link)).text();
  const address = `/p/${slug}/theme.css?v=ffe14d`;
  expect(html).toContain(`<link rel="stylesheet" href="${address.replace('=', '&#x3D;')}">`);
  const css = await fetch(stage.url + address);
  expect(css.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(css.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await css.text()).toContain('--button: #ffe14d;');

  await api.patch('', { color: '#000000' }).expecting(200);
  const stale = await fetch(stage.url + address);
  expect(stale.headers.get('cache-control')).toBe('public, max-age=300');
  expect(await (await fetch(link)).text()).toContain('v&#x3D;000000');
});

test.each([
  ['#ffe14d', 'light'],
  ['#ffe14d', 'dark'],
  ['#10203d', 'dark'],
] as const)('the pages of a portal coloured %s are accessible in the %s scheme', async (color, colorScheme) => {
  const { slug, api } = await stage.openPortal({ color });
  const [waiting, withdrawn] = [await invite(stage, api), await invite(stage, api)];
  await api.post(`/users/${withdrawn.id}/deactivate`).expecting(200);
  const page = await browser.newPage({ colorScheme });
  for (const address of [waiting.link, withdrawn.link, `${stage.url}/p/${slug}/welcome`]) {
    await page.goto(address);
    expect(await findViolations(page)).toEqual([]);
  }
  await page.goto(waiting.link);
  const button = await page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor");
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  expect(button).toBe(`rgb(${red}, ${green}, ${blue})`);
  await page.close();
});
