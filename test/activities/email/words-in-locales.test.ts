import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const TEMPLATES = 'email/templates';
/** Blocks, expressions, tags, styles: all of a template that nobody reads. */
const UNREAD = /<style>[\s\S]*?<\/style>|\{\{[\s\S]*?\}\}|<[^>]*>/g;

test.each(readdirSync(TEMPLATES))('%s has no words: they are in one file for each language', (name) => {
  const seen = readFileSync(`${TEMPLATES}/${name}`, 'utf8').replaceAll(UNREAD, '');
  expect(seen).not.toMatch(/\p{L}/u);
});

test('the code that renders e-mails has no words', () => {
  for (const name of readdirSync('email').filter((file) => file.endsWith('.ts'))) {
    const code = readFileSync(`email/${name}`, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect([name, code.match(/'[A-Z][a-z]+ [^']*'/g)]).toEqual([name, null]);
  }
});
