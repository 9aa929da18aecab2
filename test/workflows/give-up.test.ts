import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { Event, InvitationEmail } from '../../db/entities/index.ts';
import { reInviteSignal } from '../../workflows/handle-signals.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, invite, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  engine.sink.mood = null;
});
afterAll(() => engine.close());

const eventData = async (portalUser: string, type: 'invitation_bounced') => {
  const events = await engine.db.database.em.fork().find(Event, { portalUser, type });
  return events.map(({ data }) => data);
};

test('an e-mail that the mail server has put off for as long as the portal retries it is given up, and re-inviting works', async () => {
  engine.sink.mood = { code: 450, text: '4.1.2 Domain not found', at: 'RCPT' };
  const { handle, id, email, row, event, events, delivered } = await invite(engine, { giveUpAfterSeconds: 3_600 });
  await event('invitation_deferred');
  const hourLater = "update invitation_emails set queued_at = queued_at - interval '1 hour' where portal_user_id = ?";
  await engine.db.database.em.fork().execute(hourLater, [id]);
  await event('invitation_bounced');
  expect(await row()).toMatchObject({ delivery: 'bounced', emailsSent: 0, nextReminderAt: null });
  const reply = expect.stringContaining('4.1.2 Domain not found');
  const [first] = await engine.db.database.em.fork().find(InvitationEmail, { portalUser: id });
  expect(first).toMatchObject({ delivery: 'bounced', reply });
  expect(await eventData(id, 'invitation_bounced')).toEqual([
    { generation: 1, reminder: 0, to: email, reply, reason: 'gave_up' },
  ]);

  engine.sink.mood = null;
  await handle.signal(reInviteSignal);
  await delivered();
  expect(await row()).toMatchObject({ delivery: 'sent', generation: 2 });
  expect(await events()).toEqual([
    ...['invitation_deferred', 'invitation_bounced', 'portal_user_re_invited', 'invitation_sent'],
  ]);
  await handle.terminate();
});

test('a reminder that the mail server has put off until its link expired is given up', async () => {
  const policy = { linkValiditySeconds: 4, remindersAfterSeconds: [1] };
  const { handle, id, email, row, event, events, delivered } = await invite(engine, policy);
  await delivered();
  engine.sink.mood = { code: 451, text: '4.7.1 Later', at: 'RCPT' };
  await event('invitation_link_expired');
  expect(await events()).toEqual([
    ...['invitation_sent', 'invitation_deferred', 'invitation_bounced', 'invitation_link_expired'],
  ]);
  expect(await row()).toMatchObject({ delivery: 'bounced', emailsSent: 1, dueAt: null });
  expect(await eventData(id, 'invitation_bounced')).toEqual([
    { generation: 1, reminder: 1, to: email, reply: expect.stringContaining('4.7.1 Later'), reason: 'gave_up' },
  ]);
  await handle.terminate();
});

test('a reminder whose link has expired is not sent', async () => {
  const { database } = engine.db;
  const portal = await insertPortal(database, { linkValiditySeconds: 1, remindersAfterSeconds: [] });
  const user = await insertPortalUser(database, portal);
  const { sendInvitationEmail } = createActivities(engine.worker.dependencies);
  const order = { portalUserId: user.id, generation: 1 };
  await activityEnvironment().run(sendInvitationEmail, { ...order, reminder: 0 });
  const expire = "update portal_users set link_expires_at = now() - interval '1 second' where id = ?";
  await database.em.fork().execute(expire, [user.id]);
  const result = await activityEnvironment().run(sendInvitationEmail, { ...order, reminder: 1 });
  expect(result).toMatchObject({ delivery: 'out_of_time', nextReminderAt: null });
  const { email } = user.contact.getEntity();
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});
