import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import type { TestWorker } from '../harness/test-worker.ts';
import { type Engine, type Invited, inviteAndLeave, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
const workers: TestWorker[] = [];
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await engine.close();
});

/** An invitation to which `whileAway` happens in one workflow task: while no worker runs. */
async function inviteThen(whileAway: (invited: Invited) => Promise<void>): Promise<Invited> {
  const invited = await inviteAndLeave(engine);
  await whileAway(invited);
  workers.push(await invited.back());
  return invited;
}

const failureOf = (invited: Invited) => invited.handle.result().catch((error: Error) => error.cause);

test('a workflow that is cancelled together with a stale signal ends, and the signal is recorded', async () => {
  const invited = await inviteThen(async ({ handle }) => {
    await handle.cancel();
    await handle.signal(reInviteSignal, { supersedes: 0 });
  });
  expect(await failureOf(invited)).toBeInstanceOf(CancelledFailure);
  expect(await invited.events()).toEqual(['invitation_sent', 'signal_ignored']);
  expect(await invited.row()).toMatchObject({ confirmationStatus: 'not_confirmed', delivery: 'sent' });
});

test('a workflow that is cancelled while a stale signal is being recorded ends, and the signal is recorded', async () => {
  const invited = await inviteThen(async ({ handle }) => {
    await handle.signal(reInviteSignal, { supersedes: 0 });
    await handle.signal(confirmSignal, { generation: 9 });
    await handle.cancel();
  });
  expect(await failureOf(invited)).toBeInstanceOf(CancelledFailure);
  expect(await invited.events()).toEqual(['invitation_sent', 'signal_ignored', 'signal_ignored']);
});

test.each([
  ['confirmed', confirmSignal],
  ['deactivated', deactivateSignal],
] as const)('a decision that comes with a cancellation is recorded: %s', async (outcome, signal) => {
  const invited = await inviteThen(async ({ handle }) => {
    await handle.cancel();
    await handle.signal(signal);
  });
  expect(await invited.handle.result()).toBe(outcome);
  expect(await invited.row()).toMatchObject({ confirmationStatus: outcome });
});

test('a workflow whose portal user was erased ends, whatever signals come at once', async () => {
  const invited = await inviteThen(async ({ handle, id }) => {
    const contacts = 'delete from contacts where id = (select contact_id from portal_users where id = ?)';
    await engine.db.database.em.fork().execute(contacts, [id]);
    await handle.signal(reInviteSignal, { supersedes: 0 });
    await handle.signal(reInviteSignal, { supersedes: 0 });
    await handle.signal(confirmSignal);
  });
  expect(await failureOf(invited)).toMatchObject({ cause: { type: FAILURES.portalUserErased } });
});
