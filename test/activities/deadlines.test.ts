import { expect, test } from '@jest/globals';
import { deadlines } from '../../activities/invitation/reminder-and-expiry-times.ts';
import type { Invitation } from '../../db/queries/read-invitation.ts';

const DAY = 86_400;
const startedAt = new Date('2026-03-01T12:00:00Z');
const after = (days: number) => new Date(startedAt.getTime() + days * DAY * 1_000);
const invitation = {
  user: { linkExpiresAt: null },
  portal: { linkValiditySeconds: 7 * DAY, remindersAfterSeconds: [1 * DAY, 2 * DAY, 3 * DAY, 6 * DAY] },
} as Pick<Invitation, 'user' | 'portal'>;

test.each([
  ['the first e-mail', 0, 0, 1],
  ['a reminder in time', 1, 1.1, 2],
  ['a reminder that was put off beyond the next one', 1, 2.5, 3],
  ['a reminder that came days late, as its workflow was lost', 1, 4, 6],
  ['the one after that', 2, 6.1, null],
])('after %s, the next reminder is the first whose time is still to come', (_what, reminder, sentAfter, next) => {
  const email = { startedAt, answeredAt: after(sentAfter), reminder, delivery: 'sent' } as const;
  expect(deadlines(invitation, email)).toEqual({
    linkExpiresAt: after(7),
    nextReminderAt: next === null ? null : after(next),
  });
});
