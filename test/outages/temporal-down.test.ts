import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../embedded/ports.ts';
import { type RunningTemporal, startTemporal } from '../../embedded/temporal.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { scheduleHousekeeping } from '../../worker/housekeeping-schedule.ts';
import { submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { operatorLink } from '../harness/operator-links.ts';
import { insertRequest } from '../harness/requests.ts';
import { insertOperator, readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let dataDir: string;
let start: () => Promise<RunningTemporal>;
let temporal: RunningTemporal;
let stage: Stage;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'temporal-down-'));
  const binary = await findTemporalBinary(() => {});
  const [port, uiPort] = [await freePort(), await freePort()];
  start = () =>
    startTemporal({
      binary,
      port,
      uiPort,
      databaseFile: join(dataDir, 'temporal.db'),
      searchAttributes: { PortalId: 'Keyword', ConfirmationStatus: 'Keyword' },
      logFile: join(dataDir, 'temporal.log'),
    });
  temporal = await start();
  stage = await setStage({ temporalAddress: temporal.address });
  await scheduleHousekeeping(stage.worker.client, stage.worker.taskQueue, '2 seconds');
});

afterAll(async () => {
  await stage.close();
  await temporal.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('with Temporal down adding works, the rest says so and changes nothing, and all goes on when it is back', async () => {
  const { api, slug } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const console = consoleClient(stage.url);
  await console.signIn((await insertOperator(stage.db.database, slug)).email);
  const early = (await api.post('/users', { email: 'early@example.com', name: 'Early' }).expecting(201)).body;
  const other = (await api.post('/users', { email: 'other@example.com', name: 'Other' }).expecting(201)).body;
  await stage.sink.mailTo('other@example.com');
  const { link } = await stage.sink.mailTo('early@example.com');
  await eventually(async () => (await api.get(`/users/${early.id}`)).body.invitation.emailsSent === 1, 'the delivery');
  const before = (await api.get(`/users/${early.id}`)).body;

  const request = await insertRequest(stage.db.database, await readPortalUser(stage.db.database, early.id));

  await temporal.stop();

  const late = (await api.post('/users', { email: 'late@example.com', name: 'Late' }).expecting(201)).body;
  expect(late.invitation).toMatchObject({ delivery: 'queued', emailsSent: 0 });
  for (const verb of ['re-invite', 'deactivate']) {
    const refused = await api.post(`/users/${early.id}/${verb}`).expecting(503);
    expect(refused.body).toMatchObject({ code: 'unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const bulk = await api.post(`/users/${verb}`, { ids: [early.id, late.id] }).expecting(503);
    expect(bulk.body.code).toBe('unavailable');
  }
  const page = await submitPassword(link);
  expect(page.status).toBe(503);
  expect(await page.text()).toContain('Your link stays valid');
  expect((await api.get(`/users/${early.id}`)).body).toEqual(before);
  expect((await fetch(`${stage.url}/readyz`)).status).toBe(503);
  const moved = await api.patch(`/users/${early.id}`, { email: 'moved@example.com' }).expecting(200);
  expect(moved.body.invitation).toMatchObject({ generation: 2, delivery: 'queued' });

  const bulkAction = { id: randomUUID(), action: 'deactivate', ids: [other.id] };
  const { status, location } = await console.post(`/console/${slug}/bulk-actions`, bulkAction);
  expect(status).toBe(303);
  expect((await console.get(location!)).html).toContain('0 of 1 so far');
  await console.post(`/console/${slug}/users/${early.id}/re-invite`);
  expect((await console.get(`/console/${slug}/users/${early.id}`)).html).toContain('It may not have been done.');

  const requestPage = `/console/${slug}/requests/${request.id}`;
  expect((await console.post(`${requestPage}/reply`, { text: 'Use water.' })).status).toBe(303);
  expect((await console.get(requestPage)).html).toContain('told by e-mail as soon as possible');

  const order = { kind: 'invitation', language: 'en', page: '' };
  const operator = { email: 'operator@example.com', name: 'Olga', role: 'staff' };
  const invited = await console.post(`/console/${slug}/settings/operators`, operator);
  expect(invited.location).toBe(`/console/${slug}/settings/operators`);

  const unsent = await console.post(`/console/${slug}/settings/test-email`, order);
  expect([unsent.status, unsent.html.includes('Temporal does not answer')]).toEqual([503, true]);

  await db().execute("update bulk_actions set created_at = created_at - interval '20 seconds'"); // the housekeeping's patience
  await db().execute("update request_emails set queued_at = queued_at - interval '20 seconds'");
  await db().execute("update account_emails set queued_at = queued_at - interval '20 seconds'");
  temporal = await start();

  await operatorLink(stage, 'operator@example.com', 'invitation');
  expect((await stage.sink.mailTo('late@example.com')).link).toContain('/confirm/');
  const toMoved = await Promise.all([1, 2].map((n) => stage.sink.mailTo('moved@example.com', n))); // in any order
  const newLink = toMoved.find((mail) => mail.link !== '')!.link;
  expect((await fetch(link)).status).toBe(404);
  expect((await submitPassword(newLink)).status).toBe(303);
  expect((await api.get(`/users/${early.id}`)).body).toMatchObject({ confirmationStatus: 'confirmed' });
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes('late@example.com'))).toHaveLength(1);
  expect(toMoved.map(({ text }) => text).join()).toContain('> Use water.');
  await eventually(async () => (await console.get(location!)).html.includes('Finished: 1 of 1'), 'the bulk action');
  expect((await api.get(`/users/${other.id}`)).body.confirmationStatus).toBe('deactivated');
});

function db() {
  return stage.db.database.em.fork();
}
