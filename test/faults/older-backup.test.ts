import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invitationWorkflowId } from '../../vocabulary/workflows.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { audit } from '../harness/faults/audit.ts';
import { backUpPostgres, restorePostgres } from '../harness/faults/backup.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { runHousekeeping } from '../harness/faults/housekeeping.ts';
import { type Invitee, type Invitees, inviteesOf } from '../harness/faults/invitees.ts';
import { noResponses, patiently } from '../harness/faults/patiently.ts';
import { report, tally } from '../harness/faults/report.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';

/** Two runs of the housekeeping, and what it waits before the first. */
const PATIENCE_MS = 200_000;
const REMINDED_AFTER_SECONDS = 90;

let stage: FaultStage;
let users: ApiClient;
let people: Invitees;
let reminded: Invitees;
/** Acts on users of the first portal, as a client that repeats what failed. */
let patient: ReturnType<typeof patiently>;
const seen = noResponses();

beforeAll(async () => {
  stage = await setFaultStage();
  users = await stage.openPortal('backup');
  people = inviteesOf(stage, users);
  patient = patiently(people, seen);
  const policy = { remindersAfterSeconds: [REMINDED_AFTER_SECONDS] };
  reminded = inviteesOf(stage, await stage.openPortal('reminded', policy));
}, 120_000);
afterAll(() => stage?.close());

/** What happens to invitees after the backup. */
const CHANGES: Record<string, (one: Invitee) => Promise<unknown>> = {
  unchanged: async () => {},
  're-invited': (one) => patient.reInvite(one).then(() => mailed(one, 2)),
  'twice-re-invited': async (one) => {
    for (const n of [2, 3]) await patient.reInvite(one).then(() => mailed(one, n));
  },
  confirmed: (one) => patient.confirm(one),
  deactivated: (one) => patient.deactivate(one),
  corrected: (one) => correct(one, `moved.${one.email}`),
  /** The mail server puts it off until after the backup. */
  deferred: (one) => mailed(one, 1),
};

/** How each of them is helped once the backup is restored. @returns the status of the confirmation */
const REMEDIES: Record<string, (one: Invitee) => Promise<number>> = {
  'the link of the record': (one) => patient.confirm(one, people.mails(one)[0]!.link),
  're-invite': (one) => newLinkAfter(one, () => patient.reInvite(one), 202),
  'deactivate, reactivate': async (one) => {
    expect(await patient.deactivate(one)).toBe(200);
    return newLinkAfter(one, () => patient.reactivate(one), 202);
  },
  'correct the address': async (one) => {
    const moved = { ...one, email: `moved.again.${one.email}` };
    return newLinkAfter(moved, () => correct(one, moved.email), 200);
  },
};

const mailed = ({ email }: Invitee, n: number) => stage.sink.mailTo(email, n, PATIENCE_MS);
const correct = async ({ id }: Invitee, email: string) => (await users.patch(`/${id}`, { email })).status;

/** Confirms by the link that an action mails. */
async function newLinkAfter(one: Invitee, action: () => Promise<number>, expected: number): Promise<number> {
  const before = people.mails(one).length;
  expect(await action()).toBe(expected);
  const { link } = await mailed(one, before + 1);
  return patient.confirm(one, link);
}

const workflow = ({ id }: Invitee) => stage.client.workflow.getHandle(invitationWorkflowId(id));

async function addDeferred(count: number): Promise<Invitee[]> {
  stage.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  const added = await people.add('deferred', count, { mails: false });
  const areDeferred = async () =>
    (await Promise.all(added.map(people.row))).every((row) => row.delivery === 'deferred');
  await eventually(areDeferred, 'the deferrals');
  return added;
}

async function eventsPerUser(): Promise<Record<string, number>> {
  const rows = await stage.sql<{ id: string; count: number }>(
    'select portal_user_id as id, count(*)::int from events where portal_user_id is not null group by 1',
  );
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
}

test('Postgres is restored from a backup that is older than Temporal: each invitee can be helped', async () => {
  const each = Object.keys(REMEDIES).length + 1; // one is left alone
  const invitees = new Map<string, Invitee[]>();
  for (const change of Object.keys(CHANGES))
    if (change !== 'deferred') invitees.set(change, await people.add(change, each));
  const reactivated = await people.add('reactivated', 2);
  for (const one of reactivated) expect(await patient.deactivate(one)).toBe(200);
  const [remindedConfirmed, remindedReInvited, remindedUnchanged, expired] = await reminded.add('reminded', 4);
  invitees.set('deferred', await addDeferred(each));

  await backUpPostgres(stage);
  stage.sink.mood = null;
  await Promise.all([...invitees].flatMap(([change, ones]) => ones.map(CHANGES[change]!)));
  for (const one of reactivated) await newLinkIs(one);
  const added = await people.add('added', 4);
  for (const one of [remindedConfirmed!, expired!]) expect(await reminded.confirm(one)).toBe(303);
  expect(await reminded.reInvite(remindedReInvited!)).toBe(202);
  await mailed(remindedReInvited!, 2);
  for (const portal of ['backup', 'reminded']) await untilSettled(stage, portal);
  await restorePostgres(stage);

  // Before its reminder is due, and a workflow begun for that.
  await stage.sql(
    `update portal_users set link_expires_at = now(), next_reminder_at = null, due_at = now() - interval '1 minute'
     where id = $1`,
    [expired!.id],
  );
  const table = await help(invitees);
  for (const one of reactivated) {
    expect((await fetch(people.mails(one).at(-1)!.link)).status).toBe(410);
    expect(await newLinkAfter(one, () => patient.reactivate(one), 202)).toBe(303);
  }
  await expectHarmless(added);
  await eventually(async () => (await linkExpiries(expired!)) === 1, 'the expiry of the link', PATIENCE_MS);
  for (const one of [remindedConfirmed!, remindedReInvited!, remindedUnchanged!])
    await eventually(async () => (await reminded.row(one)).emailsSent === 2, `reminder of ${one.email}`, PATIENCE_MS);
  for (const portal of ['backup', 'reminded']) await untilSettled(stage, portal);

  const before = await eventsPerUser();
  for (let runs = 0; runs < 2; runs += 1) await runHousekeeping(stage);
  const events = await eventsPerUser();
  const audits = [
    await audit(stage, 'backup', { olderRecord: true }),
    await audit(stage, 'reminded', { olderRecord: true }),
  ];
  const contradictions = audits.flatMap((one) => one.contradictions);
  report('Postgres from an older backup', table);
  report('Postgres from an older backup: audit', {
    ...Object.fromEntries(
      Object.entries(seen).map(([action, statuses]) => [`responses to ${action}`, tally(statuses)]),
    ),
    users: audits.map((one) => one.users).join(', '),
    statuses: audits.map((one) => one.statuses).join('; '),
    workflows: audits.map((one) => one.workflows).join('; '),
    'copies of e-mails': audits.map((one) => one.copies).join(', '),
    'events of a user, at most': Math.max(...Object.values(events)),
    contradictions: contradictions.length,
  });
  expect(contradictions).toEqual([]);
  expect(events).toEqual(before);
  expect(Math.max(...Object.values(events))).toBeLessThanOrEqual(10);
});

async function newLinkIs(one: Invitee): Promise<void> {
  const before = people.mails(one).length;
  expect(await patient.reactivate(one)).toBe(202);
  await mailed(one, before + 1);
}

/** @returns the status of each confirmation, by change and remedy */
async function help(invitees: Map<string, Invitee[]>): Promise<Record<string, Record<string, string | number>>> {
  const table: Record<string, Record<string, string | number>> = {};
  await Promise.all(
    [...invitees].map(async ([change, ones]) => {
      const remedies = Object.entries(REMEDIES);
      const statuses = await Promise.all(remedies.map(([, remedy], n) => remedy(ones[n]!)));
      table[change] = Object.fromEntries(remedies.map(([name], n) => [name, statuses[n]!]));
      expect({ change, statuses }).toEqual({ change, statuses: remedies.map(() => 303) });
      for (const [n] of remedies.entries()) expect((await people.row(ones[n]!)).status).toBe('confirmed');
      expect((await people.row(ones.at(-1)!)).status).toBe('not_confirmed');
    }),
  );
  return table;
}

/** Of users who are not in the record: their links and ids are unknown, a signal ends their workflow, and they can be added again. */
async function expectHarmless(added: Invitee[]): Promise<void> {
  for (const [n, signal] of ['confirm', 'deactivate', 'reInvite'].entries()) {
    const one = added[n]!;
    await workflow(one).signal(signal);
    await eventually(async () => (await workflow(one).describe()).status.name === 'FAILED', `the end after ${signal}`);
  }
  for (const one of added) {
    expect((await users.get(`/${one.id}`)).status).toBe(404);
    expect((await fetch(people.mails(one)[0]!.link)).status).toBe(404);
  }
  const again = await people.add('added', added.length, { mails: false });
  for (const one of again) {
    const { link } = await mailed(one, 2);
    expect(await patient.confirm(one, link)).toBe(303);
  }
}

async function linkExpiries({ id }: Invitee): Promise<number> {
  const query = "select count(*)::int from events where portal_user_id = $1 and type = 'invitation_link_expired'";
  const [row] = await stage.sql<{ count: number }>(query, [id]);
  return row!.count;
}
