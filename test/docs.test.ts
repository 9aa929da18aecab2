import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test.each(['docs/security.md', 'docs/reliability.md'])(
  'every test that %s names is there, under the title that it quotes',
  (doc) => {
    let file = '';
    let titles = 0;
    for (const [, path, title] of readFileSync(doc, 'utf8').matchAll(/`(test\/[\w/-]+\.test\.ts)`|"([^"]{20,})"/g)) {
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
  },
);

test('docs/security.md names a test for each class of failure', () => {
  const rows = readFileSync('docs/security.md', 'utf8')
    .split('\n')
    .filter((line) => line.includes('| CVE-2026-'));
  expect(rows).toHaveLength(7);
  for (const row of rows) expect(row).toMatch(/`test\/[\w/-]+\.test\.ts`: "/);
});
