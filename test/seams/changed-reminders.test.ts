import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Portal, PortalUser } from '../../db/entities/index.ts';
import { deactivateSignal } from '../../workflows/handle-signals.ts';
import { type Engine, invite, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** An invitation that was mailed by a portal whose reminders are then others. */
async function withReminders(before: number[], after: number[]) {
  const policy = { linkValiditySeconds: 7, remindersAfterSeconds: before };
  const invited = await invite(engine, policy);
  await invited.delivered();
  const em = engine.db.database.em.fork();
  const user = await em.findOneOrFail(PortalUser, invited.id);
  await em.nativeUpdate(Portal, user.portal.id, { remindersAfterSeconds: after });
  return invited;
}

test('reminders that were switched off are not sent to pending users', async () => {
  const { row, event, events } = await withReminders([2, 4], []);
  await event('invitation_link_expired');
  expect(await events()).toEqual(['invitation_sent', 'invitation_link_expired']);
  expect(await row()).toMatchObject({ emailsSent: 1, nextReminderAt: null });
});

test('a reminder that was moved to a later time is sent then, once', async () => {
  const { handle, mail, mails, event, row } = await withReminders([1], [4]);
  await mail(2);
  await event('invitation_reminder_sent');
  const { linkExpiresAt, lastSentAt } = await row();
  expect(linkExpiresAt!.getTime() - lastSentAt!.getTime()).toBeLessThan(3_500);
  await event('invitation_link_expired');
  expect(mails()).toHaveLength(2);
  await handle.signal(deactivateSignal);
  expect(await handle.result()).toBe('deactivated');
  await keepHistory('reminder-moved', { handle });
});

test('reminders that stay as they are come in time', async () => {
  const { event, events } = await withReminders([1, 3], [1, 3]);
  await event('invitation_link_expired');
  expect(await events()).toEqual([
    'invitation_sent',
    'invitation_reminder_sent',
    'invitation_reminder_sent',
    'invitation_link_expired',
  ]);
});
