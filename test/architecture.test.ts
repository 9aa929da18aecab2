import { globSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';

const FOLDERS = ['workflows', 'activities', 'api', 'worker', 'db', 'embedded', 'test', 'bench', 'docs'];
const MOST_LINES = 250;
const MEDIAN_LINES = 80;
const SAYS_NOTHING = /^(utils?|helpers?|common|service|manager)\b/;

const sources = globSync(`{${FOLDERS.join(',')}}/**/*.{ts,mts,mjs,js}`);
const product = sources.filter((path) => !/^(test|bench|docs)\//.test(path));
const read = (path: string) => readFileSync(path, 'utf8');
const lines = (path: string) => read(path).split('\n').length - 1;

test('no file has more than 250 lines, and the median is under 80', () => {
  expect(product.length).toBeGreaterThan(50);
  expect(sources.filter((path) => lines(path) > MOST_LINES)).toEqual([]);
  const byLength = product.map(lines).toSorted((a, b) => a - b);
  expect(byLength[Math.floor(byLength.length / 2)]).toBeLessThan(MEDIAN_LINES);
});

test('file names are kebab-case and say what is inside', () => {
  for (const path of sources) {
    expect(basename(path)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.(ts|mts|mjs|js)$/);
    expect(basename(path)).not.toMatch(SAYS_NOTHING);
  }
});

test('workflows know activities as types only', () => {
  for (const path of globSync('workflows/*.ts')) {
    const imports = read(path).match(/^import .*from '\.\.\/activities\/.*$/gm) ?? [];
    for (const line of imports) expect(line).toMatch(/^import type /);
  }
});

test('the vocabulary imports nothing', () => {
  expect(read('workflows/vocabulary.ts')).not.toMatch(/^import /m);
});

test('nothing is left to be done later, and no registry or home folder is named', () => {
  const texts = [
    ...sources,
    'package.json',
    'package-lock.json',
    ...globSync('*.{md,yml}'),
    ...globSync('docs/**/*.md'),
  ];
  for (const path of texts) {
    if (path === 'test/architecture.test.ts' || !statSync(path).isFile()) continue;
    expect(`${path}: ${/\b(TODO|FIXME|XXX)\b/.exec(read(path)) ?? ''}`).toBe(`${path}: `);
    expect(`${path}: ${/registry\.npmjs|\/root\/|\/home\/\w/.exec(read(path)) ?? ''}`).toBe(`${path}: `);
  }
});
