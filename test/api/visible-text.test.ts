import { expect, test } from '@jest/globals';
import { unseenIn } from '../../schemas/text.ts';

test.each([
  'Jane Doe',
  'Jose\u0301 O’Neill',
  'مریم',
  'می\u200cخواهم',
  'क\u094d\u200dष',
  'അവന\u0d4d\u200d',
  'שלום & Co.',
  '👩\u200d👩\u200d👧',
  '❤\ufe0f',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '葛\u{e0100}城',
  'ᠰᠠᠶ\u180bᠨ',
  '\u3000東京\u3000',
  '김철수',
  '—',
  '=?utf-8?Q?Eve?=',
])('%j is a name', (name) => {
  expect(unseenIn(name)).toBeUndefined();
});

test.each([
  ['Ja\u202ene', 'U+202E'],
  ['\u2066Jane\u2069', 'U+2066'],
  ['Jane\u200e', 'U+200E'],
  ['\u200fJane', 'U+200F'],
  ['\u061cJane', 'U+061C'],
  ['\u200b', 'U+200B'],
  ['Jane\u200b', 'U+200B'],
  ['Jane\u2060', 'U+2060'],
  ['\ufeffJane', 'U+FEFF'],
  ['so\u00adft', 'U+00AD'],
  ['\u200d', 'U+200D'],
  ['\u200cJane', 'U+200C'],
  ['Jane\u200d', 'U+200D'],
  ['Ja\u200d\u200dne', 'U+200D'],
  ['\ufe0f', 'U+FE0F'],
  ['\u3164', 'U+3164'],
  ['Jane\u115f', 'U+115F'],
  ['Jane\u{e0041}', 'U+E0041'],
  ['Jane\ufff9', 'U+FFF9'],
  ['\ud800', 'U+D800'],
])('%j is refused, with the character that nobody sees', (name, character) => {
  expect(unseenIn(name)).toBe(`must not contain the invisible character ${character}`);
});

test.each(['\u2800', '\u2800 \u2800', '\u0301', '\u{1d159}'])('%j shows nothing', (name) => {
  expect(unseenIn(name)).toBe('must contain visible characters');
});
