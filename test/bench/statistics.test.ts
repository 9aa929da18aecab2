import { expect, test } from '@jest/globals';
import { median, quantile, readable, readableSpread, spread } from '../../bench/report/statistics.ts';

test('a quantile lies between the values beside it, whatever their order', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.9)).toBe(46);
  expect([quantile([7], 0.99), quantile([1, 2], 0), quantile([1, 2], 1)]).toEqual([7, 1, 2]);
  expect(() => median([])).toThrow('Nothing was measured');
});

test('a figure has three digits, a spread its ends', () => {
  expect([0.04567, 1.999, 12.34, 123.4, 1_234.5, 1_000_000].map(readable)).toEqual([
    '0.0457',
    '2',
    '12.3',
    '123',
    '1,235',
    '1,000,000',
  ]);
  expect(readableSpread(spread([3, 1, 2]))).toBe('2 (1–3)');
  expect(readableSpread(spread([2, 2]))).toBe('2');
});
