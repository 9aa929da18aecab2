import { expect, test } from '@jest/globals';
import { chooseSections } from '../../bench/choose-sections.ts';
import type { Section } from '../../bench/section.ts';

const section = (name: string): Section => ({
  name,
  title: name,
  measure: () => Promise.reject(new Error('not to be run')),
});
const [history, reads] = [section('history'), section('reads')];
const choose = (...args: string[]) => chooseSections(args, [history, reads]);

test('all sections run unless some are named, and always in their own order', () => {
  expect(choose()).toEqual({ quick: false, full: false, sections: [history, reads] });
  expect(choose('--quick')).toEqual({ quick: true, full: false, sections: [history, reads] });
  expect(choose('reads', '--quick')).toEqual({ quick: true, full: false, sections: [reads] });
  expect(choose('reads', 'history').sections).toEqual([history, reads]);
});

test('a run is quick, or full, or neither', () => {
  expect(choose('--full', 'reads')).toEqual({ quick: false, full: true, sections: [reads] });
  expect(() => choose('--full', '--quick')).toThrow('--quick and --full exclude each other.');
});

test('a section that is not there is named, with those that are', () => {
  expect(() => choose('read')).toThrow('There is no section "read": there are history, reads.');
});

test('an option that is not there is refused', () => {
  expect(() => choose('--fast')).toThrow(/--fast/);
});
