import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { InvitationEmail } from '../../db/entities/index.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import { type Engine, invite, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  engine.sink.mood = null;
});
afterAll(() => engine.close());

test('a temporary refusal is tried again until it is accepted, and validity counts from then', async () => {
  engine.sink.mood = { code: 451, text: '4.7.1 Greylisted, come back', at: 'RCPT' };
  const { handle, row, events, event, mails, delivered } = await invite(engine);
  await event('invitation_deferred');
  expect(await row()).toMatchObject({ delivery: 'deferred', emailsSent: 0, linkExpiresAt: null });
  expect(mails()).toHaveLength(0);

  const acceptedAfter = Date.now();
  engine.sink.mood = null;
  await delivered();
  const { linkExpiresAt } = await row();
  expect(linkExpiresAt!.getTime()).toBeGreaterThanOrEqual(acceptedAfter + 7 * 86_400_000);
  expect(await events()).toEqual(['invitation_deferred', 'invitation_sent']);
  await handle.signal(confirmSignal);
  await handle.result();
  await keepHistory('deferred', { handle });
});

test('a permanent refusal is recorded with the reply, not tried again, and re-inviting works', async () => {
  engine.sink.mood = { code: 550, text: '5.1.1 No such mailbox', at: 'RCPT' };
  const { handle, id, row, event, events, mail, delivered } = await invite(engine);
  await event('invitation_bounced');
  expect(await row()).toMatchObject({ delivery: 'bounced', emailsSent: 0, nextReminderAt: null });
  const [email] = await engine.db.database.em.fork().find(InvitationEmail, { portalUser: id });
  expect(email).toMatchObject({ delivery: 'bounced', reply: expect.stringContaining('5.1.1 No such mailbox') });

  engine.sink.mood = null;
  await handle.signal(reInviteSignal);
  await delivered();
  expect((await mail()).link).toContain('/confirm/');
  expect(await row()).toMatchObject({ delivery: 'sent', generation: 2 });
  expect(await events()).toEqual(['invitation_bounced', 'portal_user_re_invited', 'invitation_sent']);
  await handle.signal(deactivateSignal);
  await handle.result();
  await keepHistory('bounced', { handle });
});

test('a refusal after DATA counts as one', async () => {
  engine.sink.mood = { code: 554, text: '5.7.1 Looks like spam', at: 'DATA' };
  const { handle, row, event } = await invite(engine);
  await event('invitation_bounced');
  expect(await row()).toMatchObject({ delivery: 'bounced' });
  await handle.terminate();
});

test('a line cut after DATA is answered with an identical copy', async () => {
  engine.sink.mood = 'cut';
  const { handle, mail, events, delivered } = await invite(engine);
  await mail(1);
  engine.sink.mood = null;
  await delivered();

  expect((await mail(2)).raw).toBe((await mail(1)).raw);
  expect((await events()).filter((type) => type === 'invitation_sent')).toHaveLength(1);
  await handle.terminate();
});

test('deactivating does not wait for a mail server that is down, and nothing is mailed later', async () => {
  engine.sink.mood = { code: 421, text: 'Closed', at: 'RCPT' };
  const { handle, row, event, mails } = await invite(engine);
  await event('invitation_deferred');
  await handle.signal(deactivateSignal);

  expect(await handle.result()).toBe('deactivated');
  expect(await row()).toMatchObject({ confirmationStatus: 'deactivated' });
  engine.sink.mood = null;
  const other = await invite(engine);
  await other.delivered();
  expect(mails()).toHaveLength(0);
  await other.handle.terminate();
});

test('re-inviting while the first e-mail is still being tried mails the newest link only', async () => {
  engine.sink.mood = { code: 450, text: 'Later', at: 'RCPT' };
  const { handle, row, event, mails, delivered } = await invite(engine);
  await event('invitation_deferred');
  await handle.signal(reInviteSignal);
  engine.sink.mood = null;
  await delivered();

  expect(await row()).toMatchObject({ generation: 2, emailsSent: 1 });
  expect(mails()).toHaveLength(1);
  await handle.signal(confirmSignal, { generation: 2 });
  expect(await handle.result()).toBe('confirmed');
  await keepHistory('re-invited-while-deferred', { handle });
});
