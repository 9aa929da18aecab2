import { expect, test } from '@jest/globals';
import { contrast, readableOn } from '../../../email/templates.ts';

/** For text of any size (WCAG 2.2, success criterion 1.4.3). */
const AA = 4.5;

test.each([
  ['#ffffff', '#000000', 21],
  ['#777777', '#ffffff', 4.48],
  ['#767676', '#FFFFFF', 4.54],
  ['#1f5eff', '#1f5eff', 1],
])('the contrast of %s and %s is %d, either way round', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 2);
  expect(contrast(other, one)).toBeCloseTo(ratio, 2);
});

test('text on any colour is readable', () => {
  const steps = ['00', '33', '66', '77', '80', '99', 'cc', 'ff'];
  for (const red of steps) {
    for (const green of steps) {
      for (const blue of steps) {
        const color = `#${red}${green}${blue}`;
        expect(`${color} ${contrast(color, readableOn(color)) >= AA}`).toBe(`${color} true`);
      }
    }
  }
});
