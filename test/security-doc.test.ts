import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const DOC = readFileSync('docs/security.md', 'utf8');

test('every test that docs/security.md names is there, under the title that it quotes', () => {
  let file = '';
  let titles = 0;
  for (const [, path, title] of DOC.matchAll(/`(test\/[\w/-]+\.test\.ts)`|"([^"]{20,})"/g)) {
    if (path !== undefined) {
      file = path;
      expect(`${file} ${existsSync(file)}`).toBe(`${file} true`);
    } else {
      titles += 1;
      expect(`${file}: ${readFileSync(file, 'utf8').includes(title!) ? title : 'is not there'}`).toBe(
        `${file}: ${title}`,
      );
    }
  }
  expect(titles).toBeGreaterThan(10);
});

test('docs/security.md names a test for each class of failure', () => {
  const rows = DOC.split('\n').filter((line) => line.includes('| CVE-2026-'));
  expect(rows).toHaveLength(7);
  for (const row of rows) expect(row).toMatch(/`test\/[\w/-]+\.test\.ts`: "/);
});
