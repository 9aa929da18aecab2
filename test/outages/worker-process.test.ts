import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../embedded/ports.ts';
import { TASK_QUEUE } from '../../vocabulary/workflows.ts';
import { apiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { insertOperator } from '../harness/rows.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';
import { kill, processesOf, type StageProcesses } from '../harness/stage-processes.ts';
import { onServer } from '../harness/test-database.ts';

const TWO_HOURS_MS = 7_200_000;

let stage: Stage;
let processes: StageProcesses;

beforeAll(async () => {
  stage = await setStage({ taskQueue: TASK_QUEUE });
  processes = processesOf(stage);
});

afterAll(async () => {
  await processes.killAll();
  await stage.close();
}, 120_000);

test('a worker killed between the mail server’s yes and its own record leads to an identical copy, and one record', async () => {
  const { api } = await stage.openPortal();
  const first = await processes.startWorker();
  stage.sink.onMail = () => kill(first);
  const { id } = (await api.post('/users', { email: 'jane@example.com', name: 'Jane' }).expecting(201)).body;
  await stage.sink.mailTo('jane@example.com', 1);
  await eventually(() => first.signalCode === 'SIGKILL', 'the end of the worker');
  expect((await api.get(`/users/${id}`)).body.invitation).toMatchObject({ emailsSent: 0, delivery: 'queued' });

  delete stage.sink.onMail;
  const second = await processes.startWorker();
  expect(await exitCodeOf(processes.start('worker/check-health.ts'))).toBe(0);
  await stage.sink.mailTo('jane@example.com', 2);
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the record');

  const [mail, copy] = stage.sink.mails;
  expect(copy!.raw).toBe(mail!.raw);
  const { data } = (await api.get(`/users/${id}/events`)).body;
  expect(data.filter(({ type }: { type: string }) => type === 'invitation_sent')).toHaveLength(1);

  second.kill('SIGTERM');
  await once(second, 'exit');
  expect(second.exitCode).toBe(0);
}, 120_000);

test('an e-mail that was accepted while Postgres cannot be reached is recorded later, not mailed again', async () => {
  const { api } = await stage.openPortal();
  const worker = await processes.startWorker();
  const name = new URL(stage.db.url).pathname.slice(1);
  stage.sink.onMail = async () => {
    await onServer(`alter database "${name}" with allow_connections false`);
    await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  };
  const { id } = (await api.post('/users', { email: 'once@example.com', name: 'Once' }).expecting(201)).body;
  await stage.sink.mailTo('once@example.com');
  delete stage.sink.onMail;
  await eventually(async () => (await api.get(`/users/${id}`)).status >= 500, 'the outage');
  await onServer(`alter database "${name}" with allow_connections true`);

  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation?.emailsSent === 1, 'the record');
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes('once@example.com'))).toHaveLength(1);
  await kill(worker);
});

test('a worker killed amid a bulk action is followed by another that goes on, and nobody is mailed a second new link', async () => {
  const { api, slug } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const first = await processes.startWorker();
  const addresses = Array.from({ length: 40 }, (_, i) => `many.${i}@example.com`);
  for (const email of addresses) await api.post('/users', { email, name: 'Many' }).expecting(201);
  await Promise.all(addresses.map((email) => stage.sink.mailTo(email)));
  await eventually(async () => (await api.get('/users?delivery=queued')).body.data.length === 0, 'the deliveries');

  const console = consoleClient(stage.url);
  await console.signIn((await insertOperator(stage.db.database, slug)).email);
  const fields = { id: randomUUID(), action: 're_invite', everyone: '1' };
  const { location } = await console.post(`/console/${slug}/bulk-actions`, fields);
  await eventually(() => stage.sink.mails.length > addresses.length + 10, 'some of the mails');
  await kill(first);

  const second = await processes.startWorker();
  await eventually(async () => (await console.get(location!)).html.includes('Finished: 40 of 40'), 'the rest');
  for (const email of addresses) {
    const links = stage.sink.mails.flatMap(({ recipients, link }) => (recipients.includes(email) ? [link] : []));
    expect(new Set(links).size).toBe(2); // the first one and one more; a copy has the same link
  }
  await kill(second);
}, 120_000);

test('the log of a worker says why a workflow task fails, and of which release it is stands in the history', async () => {
  const worker = await processes.startWorker({ LOG_LEVEL: 'warn', BUILD_ID: 'release-7' });
  let log = '';
  worker.stdout!.on('data', (data) => {
    log += data;
  });
  const { workflow } = stage.worker.client;
  const workflowId = `failing/${randomUUID()}`;
  const failing = await workflow.start('a type that no release has', { taskQueue: TASK_QUEUE, workflowId });
  await eventually(() => log.includes('no such function is exported'), 'the failure in the log');
  await failing.terminate();

  const { api } = await stage.openPortal();
  const { invitation } = (await api.post('/users', { email: 'seven@example.com', name: 'Seven' }).expecting(201)).body;
  await stage.sink.mailTo('seven@example.com');
  const { events } = await workflow.getHandle(invitation.workflowId).fetchHistory();
  const [completed] = events!.flatMap(({ workflowTaskCompletedEventAttributes: task }) => task ?? []);
  expect(JSON.stringify(completed)).toContain('release-7');
  await kill(worker);
}, 120_000);

test('clocks that are two hours wrong make no dead link', async () => {
  const worker = await processes.startWorker({ CLOCK_OFFSET_MS: String(-TWO_HOURS_MS) });
  const { api, slug } = await stage.openPortal({ linkValiditySeconds: 3600, remindersAfterSeconds: [] });
  const { id } = (await api.post('/users', { email: 'clock@example.com', name: 'Clock' }).expecting(201)).body;
  const { link } = await stage.sink.mailTo('clock@example.com');
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the delivery');
  expect((await api.get(`/users/${id}`)).body.invitation).toMatchObject({ linkExpired: false });

  const fast = await startApiProcess(TWO_HOURS_MS);
  expect((await submitPassword(link.replace(stage.url, fast.url))).status).toBe(303);
  const slow = await startApiProcess(-TWO_HOURS_MS);
  await askForPassword(slow.url, slug, 'clock@example.com');
  const { text } = await stage.sink.mailTo('clock@example.com', 2);
  const reset = /^http\S+\/reset\/\S+$/m.exec(text!)![0];
  for (const { url } of [fast, slow, stage]) {
    const page = await fetch(reset.replace(stage.url, url));
    expect([url, await page.text()]).toEqual([url, expect.stringContaining('name="passwordAgain"')]);
  }

  const throughSlow = apiClient(slow.url, ADMIN_API_KEY, `/v1/portals/${slug}`);
  await throughSlow.post('/users', { email: 'late@example.com', name: 'Late' }).expecting(201);
  await throughSlow.post('/operators', { email: 'olga@example.com', name: 'Olga', role: 'staff' }).expecting(201);
  const asked = { portalUserId: id, subject: 'Printer', description: 'It is on fire.' };
  const request = (await throughSlow.post('/requests', asked).expecting(201)).body;
  await throughSlow.post(`/requests/${request.id}/replies`, { text: 'Use water.' }).expecting(201);
  await stage.sink.mailTo('clock@example.com', 3);
  expect(await timesFarFromNow()).toEqual([]);
  for (const child of [worker, fast.child, slow.child]) await kill(child);
}, 120_000);

/** Of all tables, the columns that say when something happened, where a row is an hour away from Postgres's clock. */
async function timesFarFromNow(): Promise<string[]> {
  const em = stage.db.database.em.fork();
  const columns = await em.execute<{ table: string; column: string }[]>(
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = 'public' and data_type like 'timestamp%' and column_name not in (?)`,
    [['link_expires_at', 'next_reminder_at', 'due_at']],
  );
  const far: string[] = [];
  for (const { table, column } of columns) {
    const rows = await em.execute(`select from "${table}" where abs(extract(epoch from "${column}" - now())) > 3600`);
    if (rows.length > 0) far.push(`${table}.${column}`);
  }
  return far;
}

async function askForPassword(url: string, slug: string, email: string): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin', origin: url };
  const order = { method: 'POST', headers, body: new URLSearchParams({ email }) };
  expect((await fetch(`${url}/p/${slug}/forgotten-password`, order)).ok).toBe(true);
}

async function startApiProcess(clockOffsetMs: number): Promise<{ child: ChildProcess; url: string }> {
  const port = await freePort();
  const env = { PORT: String(port), HOST: '127.0.0.1', ADMIN_API_KEY, CLOCK_OFFSET_MS: String(clockOffsetMs) };
  const child = processes.start('api/main.ts', env);
  await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}` };
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}
