import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lockPortalUser } from '../../db/locks.ts';
import { supersedeLink } from '../../db/statements/change-confirmation-status.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import type { invitation } from '../../workflows/invitation.ts';
import { eventually } from '../harness/eventually.ts';
import type { TestWorker } from '../harness/test-worker.ts';
import type { Invited } from '../harness/workflow-engine.ts';
import { type Engine, inviteAndLeave, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
const workers: TestWorker[] = [];
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await engine.close();
});

const ACTOR = 'api_key/of-the-correction';

/**
 * An invitation whose confirmation waits for a worker, while the row gets a newer link and the workflow is told of it. Then `more`
 * happens, and the worker comes back.
 */
async function correctWhileConfirming(more: (invited: Invited) => Promise<unknown> = async () => {}) {
  const invited = await inviteAndLeave(engine);
  const { workflowId } = invited.handle;
  const { runId } = await invited.handle.describe();
  await invited.handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  await engine.db.database.em.fork().transactional(async (em) => {
    supersedeLink((await lockPortalUser(em, invited.id))!, 2);
  });
  await invited.handle.signal(reInviteSignal, { supersedes: 1, actor: ACTOR });
  await more(invited);
  workers.push(await invited.back());
  const { workflow } = engine.worker.client;
  return {
    ...invited,
    firstRunId: runId,
    firstRun: workflow.getHandle<typeof invitation>(workflowId, runId, { followRuns: false }),
    newest: workflow.getHandle<typeof invitation>(workflowId),
  };
}

const RE_INVITED = ['invitation_sent', 'portal_user_re_invited', 'invitation_sent'];

test('a run whose confirmation came too late for its link goes on with the link that the record has', async () => {
  const invited = await correctWhileConfirming();
  await invited.delivered(2);
  expect(await invited.row()).toMatchObject({ confirmationStatus: 'not_confirmed', generation: 2, delivery: 'sent' });
  expect(await invited.events()).toEqual(RE_INVITED);
  expect((await invited.firstRun.describe()).status.name).toBe('CONTINUED_AS_NEW');
  await keepHistory('continued-after-decision', { handle: invited.firstRun });

  const { status, searchAttributes } = await invited.newest.describe();
  expect(status.name).toBe('RUNNING');
  const portalId = (await invited.row()).portal.id;
  expect(searchAttributes).toMatchObject({ ConfirmationStatus: ['not_confirmed'], PortalId: [portalId] });
  await invited.newest.signal(confirmSignal, { generation: 2 });
  expect(await invited.newest.result()).toBe('confirmed');
  expect(invited.mails()).toHaveLength(2);
});

test('the same link that is asked for twice after the decision is mailed once', async () => {
  const invited = await correctWhileConfirming(({ handle }) => handle.signal(reInviteSignal, { supersedes: 1 }));
  await invited.delivered(2);
  await invited.event('signal_ignored');
  await invited.newest.signal(deactivateSignal);
  expect(await invited.newest.result()).toBe('deactivated');
  expect(invited.mails()).toHaveLength(2);
});

test('a deactivation that comes after the decision too takes access away: nothing is mailed, and the re-invite is recorded as ignored', async () => {
  const invited = await correctWhileConfirming(({ handle }) => handle.signal(deactivateSignal));
  expect(await invited.newest.result()).toBe('deactivated');
  expect(await invited.row()).toMatchObject({ confirmationStatus: 'deactivated', generation: 2 });
  expect(await invited.events()).toEqual(['invitation_sent', 'portal_user_deactivated', 'signal_ignored']);
  expect(invited.mails()).toHaveLength(1);
});

test('a run that is cancelled does not go on with the link that the record has', async () => {
  const invited = await correctWhileConfirming(({ handle }) => handle.cancel());
  expect(await invited.firstRun.result()).toBe('not_confirmed');
  expect((await invited.newest.describe()).runId).toBe(invited.firstRunId);
  expect(await invited.row()).toMatchObject({ confirmationStatus: 'not_confirmed', generation: 2, delivery: 'queued' });
  expect(invited.mails()).toHaveLength(1);
});

test('a run that went on after a decision and is reset takes nothing of that decision again, and mails nothing again', async () => {
  const invited = await correctWhileConfirming();
  await invited.delivered(2);
  const { runId } = await invited.newest.describe();
  await resetToFirstTask(invited.newest.workflowId, runId);
  const isReset = async () => (await invited.newest.describe()).runId !== runId;
  await eventually(isReset, 'the run after the reset');
  await invited.newest.signal(confirmSignal, { generation: 2 });
  expect(await invited.newest.result()).toBe('confirmed');
  expect(await invited.events()).toEqual([...RE_INVITED, 'portal_user_confirmed']);
  expect(invited.mails()).toHaveLength(2);
});

test('a reset of the run that decided leaves the newer link of the record as it is, and mails nothing again', async () => {
  const invited = await correctWhileConfirming();
  await invited.delivered(2);
  const { runId } = await invited.newest.describe();
  await resetToFirstTask(invited.newest.workflowId, invited.firstRunId);
  const isReset = async () => {
    const now = await invited.newest.describe();
    const { events } = await engine.worker.client.workflow.getHandle(now.workflowId, now.runId).fetchHistory();
    const isWaiting = !now.raw.pendingActivities?.length && !now.raw.pendingWorkflowTask;
    const hasMailed = events!.some((event) => event.activityTaskCompletedEventAttributes);
    return now.runId !== runId && now.status.name === 'RUNNING' && isWaiting && hasMailed;
  };
  await eventually(isReset, 'the run after the reset');
  await invited.newest.signal(confirmSignal, { generation: 2 });
  expect(await invited.newest.result()).toBe('confirmed');
  expect((await invited.events()).filter((type) => type === 'portal_user_re_invited')).toHaveLength(1);
  expect(invited.mails()).toHaveLength(2);
});

test('a re-invite after a confirmation that the record knows nothing of is ignored, and recorded', async () => {
  const invited = await inviteAndLeave(engine);
  await invited.handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  await invited.handle.signal(reInviteSignal, { supersedes: 1, actor: ACTOR });
  workers.push(await invited.back());
  expect(await invited.handle.result()).toBe('confirmed');
  expect(await invited.events()).toEqual(['invitation_sent', 'portal_user_confirmed', 'signal_ignored']);
  expect(invited.mails()).toHaveLength(1);
});

/** As the Temporal UI offers it. What signalled the run since then is taken again. */
async function resetToFirstTask(workflowId: string, runId: string): Promise<void> {
  const { client } = engine.worker;
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const firstTask = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'by hand',
  });
}
