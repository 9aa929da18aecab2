import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TASK_QUEUE } from '../../workflows/vocabulary.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { onServer } from '../harness/test-database.ts';
import { TEST_LINK_KEYS, TEST_MAIL_FROM } from '../harness/test-worker.ts';

let stage: Stage;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  stage = await setStage({ taskQueue: TASK_QUEUE });
});

afterAll(async () => {
  for (const process of processes) await kill(process);
  await stage.close();
}, 120_000);

test('a worker killed between the mail server’s yes and its own record leads to an identical copy, and one record', async () => {
  const { api } = await stage.openPortal();
  const first = await startWorkerProcess();
  stage.sink.onMail = () => kill(first);
  const { id } = (await api.post('/users', { email: 'jane@example.com', name: 'Jane' }).expecting(201)).body;
  await stage.sink.mailTo('jane@example.com', 1);
  await eventually(() => first.signalCode === 'SIGKILL', 'the end of the worker');
  expect((await api.get(`/users/${id}`)).body.invitation).toMatchObject({ emailsSent: 0, delivery: 'queued' });

  delete stage.sink.onMail;
  const second = await startWorkerProcess();
  expect(await exitCodeOf(start('worker/check-health.ts'))).toBe(0);
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
  const worker = await startWorkerProcess();
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
  const first = await startWorkerProcess();
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

  const second = await startWorkerProcess();
  await eventually(async () => (await console.get(location!)).html.includes('Finished: 40 of 40'), 'the rest');
  for (const email of addresses) {
    const links = stage.sink.mails.flatMap(({ recipients, link }) => (recipients.includes(email) ? [link] : []));
    expect(new Set(links).size).toBe(2); // the first one and one more; a copy has the same link
  }
  await kill(second);
}, 120_000);

test('a worker that is asked to stop finishes the e-mails under way, and none is sent twice', async () => {
  const { api } = await stage.openPortal();
  const first = await startWorkerProcess();
  const addresses = Array.from({ length: 12 }, (_, i) => `drained.${i}@example.com`);
  const replies = Promise.withResolvers<void>();
  stage.sink.onMail = () => replies.promise;
  const ids: string[] = [];
  for (const email of addresses)
    ids.push((await api.post('/users', { email, name: 'Drained' }).expecting(201)).body.id);
  await Promise.all(addresses.map((email) => stage.sink.mailTo(email)));

  const exited = once(first, 'exit');
  first.kill('SIGTERM');
  await sleep(12_000); // the mail server takes longer to reply than a heartbeat timeout
  delete stage.sink.onMail;
  replies.resolve();
  await exited;
  expect(first.exitCode).toBe(0);
  for (const id of ids) {
    expect((await api.get(`/users/${id}`)).body.invitation).toMatchObject({ delivery: 'sent', emailsSent: 1 });
  }

  const second = await startWorkerProcess();
  const last = (await api.post('/users', { email: 'after@example.com', name: 'After' }).expecting(201)).body;
  await eventually(async () => (await api.get(`/users/${last.id}`)).body.invitation.emailsSent === 1, 'the delivery');
  expect(addresses.map((email) => mailsTo(email).length)).toEqual(addresses.map(() => 1));
  await kill(second);
}, 120_000);

test('an e-mail that takes longer than the drain is cut, and another worker sends an identical copy', async () => {
  const { api } = await stage.openPortal();
  const first = await startWorkerProcess({ DRAIN_SECONDS: '1' });
  const replies = Promise.withResolvers<void>();
  stage.sink.onMail = () => replies.promise;
  const { id } = (await api.post('/users', { email: 'cut@example.com', name: 'Cut' }).expecting(201)).body;
  await stage.sink.mailTo('cut@example.com');
  const exited = once(first, 'exit');
  first.kill('SIGTERM');
  await exited;
  expect(first.exitCode).toBe(0);
  delete stage.sink.onMail;
  replies.resolve();

  const second = await startWorkerProcess();
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the delivery');
  const [mail, copy, ...more] = mailsTo('cut@example.com');
  expect(copy!.raw).toBe(mail!.raw);
  expect(more).toEqual([]);
  await kill(second);
}, 120_000);

function mailsTo(email: string) {
  return stage.sink.mails.filter(({ recipients }) => recipients.includes(email));
}

async function startWorkerProcess(settings: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const child = start('worker/main.ts', settings);
  const [message] = await once(child, 'message');
  expect(message).toEqual({ ready: true });
  return child;
}

function start(script: string, settings: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../${script}`, import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: stage.db.url,
      SMTP_URL: stage.sink.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      PUBLIC_URL: stage.url,
      LINK_KEYS: TEST_LINK_KEYS,
      MAIL_FROM: TEST_MAIL_FROM,
      NODE_OPTIONS: '',
      ...settings,
    },
  });
  processes.push(child);
  return child;
}

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
