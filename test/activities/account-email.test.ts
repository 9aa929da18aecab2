import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { AccountEmail, PortalOperator, PortalUser } from '../../db/entities/index.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertMembership, insertOperator, insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

const DAY_MS = 86_400_000;
const LOOKS = {
  language: 'en',
  portalName: 'Acme Help Center',
  color: '#1f5eff',
  logoUrl: null,
  senderName: 'Acme',
  replyTo: null,
  name: 'Olga',
} as const;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => {
  engine.sink.mood = null;
});
afterAll(() => engine.close());

const em = () => engine.db.database.em.fork();
const activities = () => createActivities(engine.worker.dependencies);
const send = (accountEmailId: string) => activityEnvironment().run(activities().sendAccountEmail, { accountEmailId });
const mailsTo = (email: string) => engine.sink.mails.filter(({ recipients }) => recipients.includes(email));
const row = (id: string) => em().findOne(AccountEmail, id);

/** An invitation of a pending operator that was queued some time ago. */
async function invited(ageMs = 0) {
  const { database } = engine.db;
  const operator = await insertOperator(database, (await insertPortal(database)).slug);
  const portal = await insertPortal(database);
  const membership = await insertMembership(database, operator, portal.id, { acceptedAt: null });
  const queuedAt = new Date(Date.now() - ageMs);
  const expiresAt = new Date(queuedAt.getTime() + 7 * DAY_MS);
  const fork = em();
  await fork.nativeUpdate(PortalOperator, { id: membership }, { linkExpiresAt: expiresAt });
  const content = { kind: 'operatorInvitation', ...LOOKS, role: 'staff', expiresAt: expiresAt.toISOString() } as const;
  const kind = 'operator_invitation' as const;
  const email = fork.create(AccountEmail, {
    kind,
    membership,
    generation: 1,
    toAddress: operator.email,
    content,
    queuedAt,
  });
  await fork.flush();
  return { id: email.id, membership, email: operator.email };
}

/** A changed password that is told to a portal user. */
async function passwordChanged(ageMs = 0) {
  const { database } = engine.db;
  const user = await insertPortalUser(database, await insertPortal(database));
  const toAddress = user.contact.getEntity().email;
  const fork = em();
  await fork.nativeUpdate(PortalUser, { id: user.id }, { confirmationStatus: 'confirmed' });
  const queuedAt = new Date(Date.now() - ageMs);
  const link = 'http://portal.example/p/acme/forgotten-password';
  const content = { kind: 'passwordChanged', ...LOOKS, changedAt: queuedAt.toISOString(), link } as const;
  const email = fork.create(AccountEmail, {
    kind: 'password_changed',
    portalUser: user.id,
    toAddress,
    content,
    queuedAt,
  });
  await fork.flush();
  return { id: email.id, portalUser: user.id, contact: user.contact.id, email: toAddress };
}

test.each([
  ['an invitation', invited],
  ['a changed password', passwordChanged],
])('%s that is sent again after a crash is the same to the byte; what is done is done once', async (_what, queue) => {
  const { id, email } = await queue();
  engine.sink.mood = 'cut'; // accepts it, but does not say so
  await expect(send(id)).rejects.toMatchObject({ type: FAILURES.emailDeferred });
  expect(await row(id)).toMatchObject({ delivery: 'deferred', answeredAt: null });
  engine.sink.mood = null;
  expect(await send(id)).toEqual({ delivery: 'sent' });
  const [first, second] = mailsTo(email);
  expect(second!.raw).toBe(first!.raw);
  expect(await row(id)).toMatchObject({ delivery: 'sent', reply: null, answeredAt: expect.any(Date) });
  expect(await send(id)).toEqual({ delivery: 'sent' });
  expect(mailsTo(email)).toHaveLength(2);
});

test('a refusal for good is recorded with the mail server’s words, once', async () => {
  const { id, email } = await invited();
  engine.sink.mood = { code: 550, text: `No mailbox <${email}>`, at: 'RCPT' };
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  engine.sink.mood = null;
  expect(await row(id)).toMatchObject({ delivery: 'bounced', reply: expect.stringContaining('No mailbox') });
  expect(await send(id)).toEqual({ delivery: 'bounced' });
  expect(mailsTo(email)).toEqual([]);
});

test.each([
  ['whose link has expired', async () => invited(7 * DAY_MS)],
  [
    'that was replaced by a newer one',
    async () => {
      const queued = await invited();
      await em().nativeUpdate(PortalOperator, { id: queued.membership }, { generation: 2 });
      return queued;
    },
  ],
  [
    'that was accepted',
    async () => {
      const queued = await invited();
      await em().nativeUpdate(PortalOperator, { id: queued.membership }, { acceptedAt: new Date() });
      return queued;
    },
  ],
  ['about a password that was changed more than a week ago', async () => passwordChanged(7 * DAY_MS)],
  [
    'of a portal user who was deactivated',
    async () => {
      const queued = await passwordChanged();
      await em().nativeUpdate(PortalUser, { id: queued.portalUser }, { confirmationStatus: 'deactivated' });
      return queued;
    },
  ],
])('an e-mail %s is not sent', async (_which, queue) => {
  const { id, email } = await queue();
  expect(await send(id)).toEqual({ delivery: 'suppressed' });
  expect(await row(id)).toMatchObject({ delivery: 'suppressed', answeredAt: expect.any(Date) });
  expect(mailsTo(email)).toEqual([]);
});

test('an e-mail is erased with the membership or the person, and nothing is sent', async () => {
  const [invitation, told] = [await invited(), await passwordChanged()];
  await em().nativeDelete(PortalOperator, { id: invitation.membership });
  await em().execute('delete from contacts where id = ?', [told.contact]);
  for (const { id, email } of [invitation, told]) {
    expect(await row(id)).toBeNull();
    expect(await send(id)).toEqual({ delivery: 'erased' });
    expect(mailsTo(email)).toEqual([]);
  }
});

test('the housekeeping starts what was not started, and deletes what was answered long ago and no list shows', async () => {
  const [due, fresh] = [await invited(60_000), await passwordChanged()];
  const old = [await invited(40 * DAY_MS), await passwordChanged(40 * DAY_MS), await invited(40 * DAY_MS)] as const;
  const answeredAt = new Date(Date.now() - 31 * DAY_MS);
  await em().nativeUpdate(AccountEmail, { id: { $in: old.map(({ id }) => id) } }, { answeredAt, delivery: 'sent' });
  await em().nativeUpdate(PortalOperator, { id: old[2].membership }, { acceptedAt: new Date() });
  const started: string[] = [];
  const accountEmails = { start: async (id: string) => void started.push(id) };
  const { startMissingAccountEmails } = createActivities({ ...engine.worker.dependencies, accountEmails });
  await activityEnvironment().run(startMissingAccountEmails);
  expect(started).toContain(due.id);
  expect(started).not.toContain(fresh.id);
  expect((await Promise.all(old.map(({ id }) => row(id)))).map((one) => one !== null)).toEqual([true, false, false]);
});
