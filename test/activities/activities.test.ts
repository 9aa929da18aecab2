import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DecisionOrder, IgnoredSignal, InvitationEmailOrder } from '../../activities/contracts.ts';
import { createActivities } from '../../activities/index.ts';
import { recordDeferred, recordFinalDelivery } from '../../activities/invitation/record-invitation-delivery.ts';
import { RememberedResponse } from '../../db/entities/index.ts';
import { readInvitation } from '../../db/queries/read-invitation.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { eventTypes, insertPortal, insertPortalUser, readPortalUser } from '../harness/rows.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

const NOBODY = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';

let engine: Engine;
let activities: ReturnType<typeof createActivities>;
const environment = activityEnvironment();
beforeAll(async () => {
  engine = await startEngine();
  activities = createActivities(engine.worker.dependencies);
});
afterAll(() => engine.close());

const send = (order: InvitationEmailOrder) => environment.run(activities.sendInvitationEmail, order);
const record = (outcome: DecisionOrder) => environment.run(activities.recordOutcome, outcome);

async function portalUser() {
  const portal = await insertPortal(engine.db.database);
  const user = await insertPortalUser(engine.db.database, portal);
  return {
    id: user.id,
    email: user.contact.getEntity().email,
    row: () => readPortalUser(engine.db.database, user.id),
    events: () => eventTypes(engine.db.database, user.id),
  };
}

test('sending twice in a row mails once and answers the same', async () => {
  const { id, email, row, events } = await portalUser();
  const order = { portalUserId: id, generation: 1, reminder: 0 };
  const first = await send(order);
  const second = await send(order);

  expect(second).toEqual(first);
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
  expect(await row()).toMatchObject({ emailsSent: 1, delivery: 'sent' });
  expect(await events()).toEqual(['invitation_sent']);
});

test('sending twice to an address that refuses asks the mail server once', async () => {
  engine.sink.mood = { code: 550, text: 'No', at: 'RCPT' };
  const { id, events } = await portalUser();
  const order = { portalUserId: id, generation: 1, reminder: 0 };
  const first = await send(order);
  engine.sink.mood = null;
  expect(await send(order)).toEqual(first);
  expect(first).toMatchObject({ delivery: 'bounced', nextReminderAt: null });
  expect(await events()).toEqual(['invitation_bounced']);
});

test('a deferral is told once, however often it is tried, and without the address', async () => {
  engine.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  const { id, email, row, events } = await portalUser();
  const order = { portalUserId: id, generation: 1, reminder: 0 };
  for (let i = 0; i < 2; i += 1) {
    const failure = await send(order).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: FAILURES.emailDeferred, nonRetryable: false });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(email);
  }
  engine.sink.mood = null;
  expect(await row()).toMatchObject({ delivery: 'deferred', emailsSent: 0 });
  expect(await events()).toEqual(['invitation_deferred']);
});

test('an order that a later generation overtook sends nothing', async () => {
  const { id, email, row } = await portalUser();
  await send({
    portalUserId: id,
    generation: 3,
    reminder: 0,
    requestedBy: 'administrator',
  });
  const late = await send({ portalUserId: id, generation: 2, reminder: 0 });

  expect(late).toEqual({ delivery: 'not_applicable', confirmationStatus: 'not_confirmed' });
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
  expect(await row()).toMatchObject({ generation: 3, emailsSent: 1 });
});

test.each(['confirmed', 'deactivated'] as const)(
  'recording %s twice in a row changes and tells once',
  async (outcome) => {
    const { id, row, events } = await portalUser();
    expect(await record({ portalUserId: id, generation: 1, outcome, actor: 'temporal' })).toBe(outcome);
    const first = await row();
    expect(await record({ portalUserId: id, generation: 1, outcome, actor: 'temporal' })).toBe(outcome);
    expect(await row()).toEqual(first);
    expect(await events()).toEqual([`portal_user_${outcome}`]);

    const late = outcome === 'confirmed' ? 'deactivated' : 'confirmed';
    expect(
      await record({
        portalUserId: id,
        generation: 1,
        outcome: late,
        actor: 'temporal',
      }),
    ).toBe(outcome);
    expect(await row()).toEqual(first);
  },
);

test('an outcome repeated after a reactivation does not undo it', async () => {
  const { id, row } = await portalUser();
  const outcome: DecisionOrder = { portalUserId: id, generation: 1, outcome: 'deactivated', actor: 'temporal' };
  await record(outcome);
  const reactivate =
    "update portal_users set confirmation_status = 'not_confirmed', deactivated_at = null where id = ?";
  await engine.db.database.em.fork().execute(reactivate, [id]);
  expect(await record(outcome)).toBe('not_confirmed');
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed' });
});

test('a late deferral of another attempt does not undo the mail server’s yes', async () => {
  const { id, row } = await portalUser();
  await send({ portalUserId: id, generation: 1, reminder: 0 });
  const { database } = engine.db;
  const invitation = await readInvitation(database.em.fork(), { portalUserId: id, generation: 1, reminder: 0 });
  const prepared = { ...invitation!, email: invitation!.email! };
  await recordDeferred(database, prepared.email.id, { reply: '451 Later', retryAt: new Date() });
  expect(await recordFinalDelivery(database, prepared, { delivery: 'bounced', reply: '550 No' })).toBeUndefined();
  expect(await row()).toMatchObject({ delivery: 'sent', emailsSent: 1 });
});

test('nobody who has confirmed or was deactivated is mailed', async () => {
  const { id, email } = await portalUser();
  await record({
    portalUserId: id,
    generation: 1,
    outcome: 'deactivated',
    actor: 'temporal',
  });
  const result = await send({
    portalUserId: id,
    generation: 1,
    reminder: 0,
  });
  expect(result).toEqual({ delivery: 'not_applicable', confirmationStatus: 'deactivated' });
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(0);
});

test('recording an expired link twice in a row tells once per generation', async () => {
  const { id, events } = await portalUser();
  for (const generation of [1, 2]) {
    await send({ portalUserId: id, generation, reminder: 0 });
    await activities.recordLinkExpired({ portalUserId: id, generation });
    await activities.recordLinkExpired({ portalUserId: id, generation });
  }
  const once = ['invitation_sent', 'invitation_link_expired'];
  expect(await events()).toEqual([...once, 'portal_user_re_invited', ...once]);
});

test('recording an ignored signal twice in a row tells once', async () => {
  const { id, events } = await portalUser();
  const ignored: IgnoredSignal = { portalUserId: id, signal: 'confirm', generation: 1, actor: 'portal_user' };
  await environment.run(activities.recordIgnoredSignal, ignored);
  await environment.run(activities.recordIgnoredSignal, ignored);
  expect(await events()).toEqual(['signal_ignored']);
});

test('an erased portal user ends every activity for good', async () => {
  const gone = { type: FAILURES.portalUserErased, nonRetryable: true };
  const portalUserId = NOBODY;
  const ignored: IgnoredSignal = { portalUserId, signal: 'confirm', generation: 1, actor: 'temporal' };
  await expect(send({ portalUserId, generation: 1, reminder: 0 })).rejects.toMatchObject(gone);
  const deactivation = environment.run(activities.recordDeactivation, { portalUserId, actor: 'temporal' as const });
  await expect(deactivation).rejects.toMatchObject(gone);
  await expect(activities.recordLinkExpired({ portalUserId, generation: 1 })).rejects.toMatchObject(gone);
  await expect(record({ portalUserId, generation: 1, outcome: 'confirmed', actor: 'temporal' })).rejects.toMatchObject(
    gone,
  );
  await expect(environment.run(activities.recordIgnoredSignal, ignored)).rejects.toMatchObject(gone);
});

test('missing invitations are started once, and only those that have waited a while', async () => {
  const fresh = await portalUser();
  const forgotten = await portalUser();
  const longAgo = "update portal_users set queued_at = now() - interval '1 minute' where id = ?";
  await engine.db.database.em.fork().execute(longAgo, [forgotten.id]);

  expect(await environment.run(activities.startMissingInvitations)).toBe(1);
  const mail = await engine.sink.mailTo(forgotten.email);
  expect(mail.link).toContain('/confirm/');
  expect(await environment.run(activities.startMissingInvitations)).toBe(0);
  expect((await fresh.row()).emailsSent).toBe(0);
});

test('remembered answers are forgotten after a day, twice in a row as well', async () => {
  const em = engine.db.database.em.fork();
  const answer = { scope: 'scope', keyId: 1, sealed: Buffer.from('x') };
  em.create(RememberedResponse, { ...answer, keyHash: 'old', createdAt: new Date(Date.now() - 25 * 3_600_000) });
  em.create(RememberedResponse, { ...answer, keyHash: 'new' });
  await em.flush();
  await environment.run(activities.forgetOldAnswers);
  await environment.run(activities.forgetOldAnswers);
  const left = await engine.db.database.em.fork().find(RememberedResponse, {});
  expect(left.map(({ keyHash }) => keyHash)).toEqual(['new']);
});

test('an e-mail that was accepted while the worker is told to stop is recorded all the same', async () => {
  const { id, row } = await portalUser();
  const stopping = activityEnvironment();
  const { mailer } = engine.worker.dependencies;
  engine.worker.dependencies.mailer = {
    ...mailer,
    async send(message, portalId, signal) {
      const answer = await mailer.send(message, portalId, signal);
      stopping.cancel();
      return answer;
    },
  };
  const order: InvitationEmailOrder = { portalUserId: id, generation: 1, reminder: 0 };
  expect(await stopping.run(activities.sendInvitationEmail, order)).toMatchObject({ delivery: 'sent' });
  engine.worker.dependencies.mailer = mailer;
  expect(await row()).toMatchObject({ emailsSent: 1, delivery: 'sent' });
});
