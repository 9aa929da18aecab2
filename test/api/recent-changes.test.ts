import { expect, test } from '@jest/globals';
import { recentChanges } from '../../web/portal-user-changes.ts';

/** A clock that stands until it is moved. */
function clocked() {
  let time = 1_000_000;
  const recent = recentChanges(() => time);
  return { recent, pass: (ms: number) => (time += ms), now: () => time };
}

test('changes since a moment are known from the beginning of listening on', () => {
  const { recent, pass, now } = clocked();
  expect(recent.since('portal', now())).toBeUndefined();
  recent.begin();
  const looked = now();
  pass(5_000);
  recent.add('portal', 'jane');
  recent.add('other', 'joe');
  expect(recent.since('portal', looked)).toEqual(new Set(['jane']));
  pass(5_000);
  expect(recent.since('portal', now())).toEqual(new Set());
  recent.end();
  expect(recent.since('portal', now())).toBeUndefined();
});

test('what is older than a minute, or was too much to keep, is not known', () => {
  const { recent, pass, now } = clocked();
  recent.begin();
  const looked = now();
  pass(30_000);
  for (let i = 0; i < 20_001; i += 1) recent.add('portal', `user ${i}`);
  expect(recent.since('portal', looked)).toBeUndefined();
  pass(1);
  expect(recent.since('portal', now())?.size).toBe(10_000);
  pass(61_000);
  expect(recent.since('portal', now() - 60_500)).toBeUndefined();
  expect(recent.since('portal', now())).toEqual(new Set());
});
