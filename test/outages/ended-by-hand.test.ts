import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const taskQueue = `late-${randomUUID()}`;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ taskQueue }); // which no worker polls yet
});
afterAll(() => stage.close());

test('a deactivation is done although its workflow is terminated before a worker gets to it', async () => {
  const { api } = await stage.openPortal();
  const { id, invitation } = (await api.post('/users', { email: 'jane@example.com', name: 'Jane' }).expecting(201))
    .body;
  const handle = stage.worker.client.workflow.getHandle(invitation.workflowId);
  const answer = Promise.resolve(api.post(`/users/${id}/deactivate`).expecting(202));
  const isSignalled = async () =>
    (await handle.fetchHistory()).events!.some((event) => event.workflowExecutionSignaledEventAttributes);
  await eventually(isSignalled, 'the signal');
  await handle.terminate('by hand');
  await answer;

  const worker = await stage.startWorker();
  const user = async () => (await api.get(`/users/${id}`)).body;
  await eventually(async () => (await user()).confirmationStatus === 'deactivated', 'the deactivation');
  expect((await user()).invitation).toMatchObject({ delivery: 'suppressed', emailsSent: 0 });
  expect(stage.sink.mails).toEqual([]);
  await worker.stop();
});
