import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { PasswordResetRequest, type Portal, PortalUser } from '../../db/entities/index.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

const HOUR_MS = 3_600_000;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const em = () => engine.db.database.em.fork();
const activities = () => createActivities(engine.worker.dependencies);
const send = (passwordResetRequestId: string) =>
  activityEnvironment().run(activities().sendPasswordReset, { passwordResetRequestId });
const mailsTo = (email: string) => engine.sink.mails.filter(({ recipients }) => recipients.includes(email));
const isThere = async (id: string) => (await em().count(PasswordResetRequest, { id })) === 1;

/** A confirmed portal user who asked for a new password some time ago. */
async function asked(ageMs = 0, policy: Partial<Portal> = {}) {
  const portal = await insertPortal(engine.db.database, policy);
  const user = await insertPortalUser(engine.db.database, portal);
  const email = user.contact.getEntity().email;
  const fork = em();
  await fork.nativeUpdate(PortalUser, { id: user.id }, { confirmationStatus: 'confirmed', passwordHash: 'a hash' });
  const createdAt = new Date(Date.now() - ageMs);
  const { id } = fork.create(PasswordResetRequest, { portal: portal.id, emailKey: email, createdAt });
  await fork.flush();
  return { id, email, portal };
}

test('what is sent again after a crash is the same to the byte; what is done is done once', async () => {
  const { id, email } = await asked();
  engine.sink.mood = 'cut'; // takes it, but does not say so
  await expect(send(id)).rejects.toMatchObject({ type: FAILURES.emailDeferred });
  expect(await isThere(id)).toBe(true);
  engine.sink.mood = null;
  expect(await send(id)).toEqual({ delivery: 'sent' });
  const [first, second] = mailsTo(email);
  expect(second!.raw).toBe(first!.raw);
  expect(await isThere(id)).toBe(false);
  expect(await send(id)).toEqual({ delivery: 'none' });
  expect(mailsTo(email)).toHaveLength(2);
});

test('a refusal for good ends it, without the mail server’s words', async () => {
  const { id } = await asked();
  engine.sink.mood = { code: 550, text: 'No mailbox', at: 'RCPT' };
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  engine.sink.mood = null;
  expect(await isThere(id)).toBe(false);
});

test('after an hour, when its link would be dead, nothing is mailed any more', async () => {
  const [late, inTime] = [await asked(HOUR_MS + 1_000), await asked(HOUR_MS - 60_000)];
  expect(await send(late.id)).toEqual({ delivery: 'none' });
  expect(await isThere(late.id)).toBe(false);
  expect(mailsTo(late.email)).toEqual([]);
  expect(await send(inTime.id)).toEqual({ delivery: 'sent' });
});

test('at a portal with a site of its own nobody is mailed a link', async () => {
  const { id, email } = await asked(0, { hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] });
  expect(await send(id)).toEqual({ delivery: 'none' });
  expect(mailsTo(email)).toEqual([]);
});

test('the housekeeping starts what was not started, and deletes what is old', async () => {
  const [young, waiting, old] = [await asked(), await asked(60_000), await asked(2 * HOUR_MS + 1_000)];
  for (let i = 0; i < 2; i += 1) await activityEnvironment().run(activities().startMissingPasswordResets);
  await engine.sink.mailTo(waiting.email);
  expect([await isThere(young.id), await isThere(old.id)]).toEqual([true, false]);
  await engine.worker.client.workflow.getHandle(`password-reset/${waiting.id}`).result();
  expect([mailsTo(waiting.email).length, mailsTo(young.email).length]).toEqual([1, 0]);
});
