import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { untilScheduled } from '../harness/faults/housekeeping.ts';
import { inviteesOf } from '../harness/faults/invitees.ts';
import { noResponses, patiently } from '../harness/faults/patiently.ts';
import { report, tally } from '../harness/faults/report.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';

const PENDING = 50;
const REMINDED = 10;
const DEFERRED = 10;
const ADDED_MEANWHILE = 5;
const EACH = 10;
const OPERATOR = 'operator@example.com';
/** The worker looks for the schedule every half minute, and a deferred e-mail counts as overdue some time after its retry. */
const PATIENCE_MS = 240_000;

test(`Temporal loses its data during ${PENDING + REMINDED + DEFERRED} invitations: all that is due is done once`, async () => {
  const stage = await setFaultStage();
  const people = inviteesOf(stage, await stage.openPortal('lost'));
  const remindedPeople = inviteesOf(stage, await stage.openPortal('reminded', { remindersAfterSeconds: [60] }));
  const [customer] = await people.add('customer', 1);
  expect(await people.confirm(customer!)).toBe(303);
  const pending = await people.add('pending', PENDING);

  stage.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  const deferred = await people.add('deferred', DEFERRED, { mails: false });
  await stage.admin.post('/v1/portals/lost/operators', { email: OPERATOR, name: 'Olga' }).expecting(201);
  await replyToRequestOf(stage, customer!.id);
  await eventually(async () => tally(await deliveries(stage)) === `deferred: ${DEFERRED + 2}`, 'the deferrals');
  stage.sink.mood = null;
  const reminded = await remindedPeople.add('reminded', REMINDED);

  await stage.temporal.stop();
  loseData(stage.temporal.data);
  const added = await people.add('added', ADDED_MEANWHILE, { mails: false });
  await stage.temporal.start();
  const startedAt = Date.now();

  const seen = noResponses();
  const patient = patiently(people, seen);
  const [confirming, deactivating, reInviting] = [0, 1, 2].map((n) => pending.slice(n * EACH, (n + 1) * EACH));
  await Promise.all([
    ...confirming!.map((one) => patient.confirm(one)),
    ...deactivating!.map(patient.deactivate),
    ...reInviting!.map(patient.reInvite),
  ]);
  for (const { email } of reInviting!) await stage.sink.mailTo(email, 2, PATIENCE_MS);
  await untilScheduled(stage, PATIENCE_MS);
  const scheduledMs = Date.now() - startedAt;
  for (const email of [...deferred, ...added].map((one) => one.email)) await stage.sink.mailTo(email, 1, PATIENCE_MS);
  await stage.sink.mailTo(OPERATOR, 1, PATIENCE_MS);
  await stage.sink.mailTo(customer!.email, 2, PATIENCE_MS);
  for (const { email } of reminded) await stage.sink.mailTo(email, 2, PATIENCE_MS);
  const mailedMs = Date.now() - startedAt;
  for (const portal of ['lost', 'reminded']) await untilSettled(stage, portal);

  const { contradictions, ...figures } = await audit(stage, 'lost', { temporalLost: true });
  const remindedAudit = await audit(stage, 'reminded', { temporalLost: true });
  report("Temporal's data lost", {
    'responses to confirming': tally(seen.confirm),
    'responses to deactivating': tally(seen.deactivate),
    'responses to re-inviting': tally(seen.reInvite),
    'schedule restored within ms': scheduledMs,
    'all mailed within ms': mailedMs,
    ...figures,
    'reminded: mails': remindedAudit.mails,
    'reminded: workflows': remindedAudit.workflows,
    contradictions: contradictions.length + remindedAudit.contradictions.length,
  });
  expect([...contradictions, ...remindedAudit.contradictions]).toEqual([]);
  expect([figures.copies, remindedAudit.copies]).toEqual([0, 0]);
  expect(figures.mails).toBe(1 + PENDING + EACH + DEFERRED + ADDED_MEANWHILE);
  expect(remindedAudit.mails).toBe(2 * REMINDED);
  expect(stage.sink.mails).toHaveLength(figures.mails + remindedAudit.mails + 2);
  expect(await deliveries(stage)).toEqual(Array(DEFERRED + 2).fill('sent'));
  await stage.close();
});

/** Of all e-mails that the mail server puts off at first. */
async function deliveries({ sql }: FaultStage): Promise<string[]> {
  const rows = await sql<{ delivery: string }>(
    `select delivery from invitation_emails where to_address like 'deferred.%'
     union all select delivery from request_emails union all select delivery from account_emails`,
  );
  return rows.map(({ delivery }) => delivery);
}

async function replyToRequestOf({ admin }: FaultStage, portalUserId: string): Promise<void> {
  const requests = '/v1/portals/lost/requests';
  const asked = { portalUserId, subject: 'The printer is on fire', description: 'It burns.' };
  const { id } = (await admin.post(requests, asked).expecting(201)).body;
  await admin.post(`${requests}/${id}/replies`, { text: 'Help is on its way.' }).expecting(201);
}

/** The database file, with those that SQLite keeps beside it. */
function loseData(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) if (name.startsWith(basename(file))) rmSync(join(folder, name));
}
