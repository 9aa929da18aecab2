import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { InvitationEmail } from '../../db/entities/index.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import { eventually } from '../harness/eventually.ts';
import { type Engine, type Invited, invite, startEngine } from '../harness/workflow-engine.ts';

const LATER = { code: 451, text: 'Later', at: 'RCPT' } as const;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  engine.sink.mood = null;
  delete engine.sink.onMail;
});
afterAll(() => engine.close());

/** What became of each of an invitation's e-mails, in their order. */
async function deliveries({ id }: Invited): Promise<string[]> {
  const orderBy = { generation: 'asc', reminder: 'asc' } as const;
  const emails = await engine.db.database.em.fork().find(InvitationEmail, { portalUser: id }, { orderBy });
  return emails.map(({ delivery }) => delivery);
}

test('an e-mail that was never sent to a user who was deactivated is suppressed', async () => {
  engine.sink.mood = LATER;
  const invited = await invite(engine);
  await invited.event('invitation_deferred');
  await invited.handle.signal(deactivateSignal);
  expect(await invited.handle.result()).toBe('deactivated');
  expect(await invited.row()).toMatchObject({ delivery: 'suppressed', emailsSent: 0 });
  expect(await deliveries(invited)).toEqual(['suppressed']);
});

test('an e-mail that is accepted while its user is being deactivated is sent', async () => {
  const release = Promise.withResolvers<void>();
  engine.sink.onMail = () => release.promise;
  const invited = await invite(engine);
  await invited.mail();
  await invited.handle.signal(deactivateSignal);
  expect(await invited.handle.result()).toBe('deactivated');
  expect(await invited.row()).toMatchObject({ delivery: 'suppressed', emailsSent: 0 });
  release.resolve();
  await invited.delivered();
  expect(await invited.row()).toMatchObject({ delivery: 'sent', linkExpiresAt: null, nextReminderAt: null });
  expect(await deliveries(invited)).toEqual(['sent']);
});

test('a reminder that is deferred when its user confirms is suppressed', async () => {
  const invited = await invite(engine, { linkValiditySeconds: 600, remindersAfterSeconds: [1] });
  await invited.delivered();
  engine.sink.mood = LATER;
  await invited.event('invitation_deferred');
  await invited.handle.signal(confirmSignal);
  expect(await invited.handle.result()).toBe('confirmed');
  expect(await invited.row()).toMatchObject({ delivery: 'suppressed', emailsSent: 1 });
  expect(await deliveries(invited)).toEqual(['sent', 'suppressed']);
});

test('an e-mail that a re-invite replaces before it was sent is suppressed', async () => {
  engine.sink.mood = LATER;
  const invited = await invite(engine);
  await invited.event('invitation_deferred');
  engine.sink.mood = null;
  await invited.handle.signal(reInviteSignal);
  await eventually(async () => (await invited.row()).emailsSent === 1, 'the new link');
  expect(await invited.row()).toMatchObject({ generation: 2, delivery: 'sent' });
  expect(await deliveries(invited)).toEqual(['suppressed', 'sent']);
  await invited.handle.terminate();
});
