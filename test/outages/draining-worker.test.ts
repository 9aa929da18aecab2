import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../embedded/ports.ts';
import { type RunningTemporal, startTemporal } from '../../embedded/temporal.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { TASK_QUEUE } from '../../vocabulary/workflows.ts';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { kill, processesOf, type StageProcesses } from '../harness/stage-processes.ts';

let temporal: RunningTemporal;
let stage: Stage;
let processes: StageProcesses;

beforeAll(async () => {
  const binary = await findTemporalBinary(() => {});
  const [port, uiPort] = [await freePort(), await freePort()];
  const searchAttributes = { PortalId: 'Keyword', ConfirmationStatus: 'Keyword' } as const;
  temporal = await startTemporal({ binary, port, uiPort, searchAttributes });
  stage = await setStage({ taskQueue: TASK_QUEUE, temporalAddress: temporal.address });
  processes = processesOf(stage, temporal.address);
});

afterAll(async () => {
  await processes.killAll();
  await stage.close();
  await temporal.stop();
}, 120_000);

test('a worker that is asked to stop finishes the e-mails under way, and none is sent twice', async () => {
  const { api } = await stage.openPortal();
  const first = await processes.startWorker();
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

  const second = await processes.startWorker();
  const last = (await api.post('/users', { email: 'after@example.com', name: 'After' }).expecting(201)).body;
  await eventually(async () => (await api.get(`/users/${last.id}`)).body.invitation.emailsSent === 1, 'the delivery');
  expect(addresses.map((email) => mailsTo(email).length)).toEqual(addresses.map(() => 1));
  await kill(second);
}, 120_000);

test('an e-mail that takes longer than the drain is cut, and another worker sends an identical copy', async () => {
  const { api } = await stage.openPortal();
  const first = await processes.startWorker({ DRAIN_SECONDS: '1' });
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

  const second = await processes.startWorker();
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the delivery');
  const [mail, copy, ...more] = mailsTo('cut@example.com');
  expect(copy!.raw).toBe(mail!.raw);
  expect(more).toEqual([]);
  await kill(second);
}, 120_000);

function mailsTo(email: string) {
  return stage.sink.mails.filter(({ recipients }) => recipients.includes(email));
}
