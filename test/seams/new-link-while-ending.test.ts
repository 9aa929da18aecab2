import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actOnPortalUsers } from '../../activities/bulk/act-on-portal-users.ts';
import { type BulkAction, Portal } from '../../db/entities/index.ts';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { invite, mailed, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import type { TestWorker } from '../harness/test-worker.ts';

/*
 * A run of the invitation that is just ending is told of a new link. The stage has no schedule, so the housekeeping never runs: what is
 * mailed here was begun by the call itself.
 */

let stage: Stage;
let worker: TestWorker;
beforeAll(async () => {
  stage = await setStage({ taskQueue: `away-${randomUUID()}` });
  worker = await stage.startWorker();
});
afterAll(async () => {
  await worker.stop();
  await stage.close();
});

test('the address is corrected while a confirmation waits for a worker: the new address is mailed a link that confirms', async () => {
  const { api } = await stage.openPortal();
  const { id, link, row, events } = await invite(stage, api);
  await worker.stop();
  const confirming = submitPassword(link);
  const { workflowId } = (await api.get(`/users/${id}`).expecting(200)).body.invitation;
  const run = stage.worker.client.workflow.getHandle(workflowId);
  const isSignalled = async () =>
    (await run.fetchHistory()).events?.some((event) => event.workflowExecutionSignaledEventAttributes);
  await eventually(isSignalled, 'the signal of the confirmation');

  const email = newAddress();
  await api.patch(`/users/${id}`, { email }).expecting(200);
  worker = await stage.startWorker();

  const corrected = await stage.sink.mailTo(email);
  expect((await confirming).status).toBe(410); // the link is superseded
  await mailed(stage, id, 2);
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed', generation: 2 });
  expect((await submitPassword(corrected.link)).status).toBe(303);
  expect((await events()).filter((type) => type !== 'portal_enabled')).toEqual([
    'portal_user_added',
    'invitation_sent',
    'portal_user_changed',
    'portal_user_re_invited',
    'invitation_sent',
    'portal_user_confirmed',
  ]);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});

const ROUNDS = 20;
const WITHOUT_LIMITS = { reInviteCooldownSeconds: 0, reInviteDailyCap: 100 };

test(`a user who is reactivated while the deactivating run is ending is mailed a new link, ${ROUNDS} times`, async () => {
  const { api } = await stage.openPortal(WITHOUT_LIMITS);
  const { id, email, row } = await invite(stage, api);
  for (let generation = 2; generation <= ROUNDS + 1; generation += 1) {
    const deactivating = api.post(`/users/${id}/deactivate`);
    let reactivated = await api.post(`/users/${id}/reactivate`);
    while (reactivated.status === 409) reactivated = await api.post(`/users/${id}/reactivate`);
    expect([reactivated.status, (await deactivating).status]).toEqual([202, 200]);
    await mailed(stage, id, generation);
    expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed', generation });
  }
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(ROUNDS + 1);
});

test('a user whom a bulk action reactivates while the deactivating run is ending is mailed a new link', async () => {
  const { api } = await stage.openPortal(WITHOUT_LIMITS);
  const { id, email, row } = await invite(stage, api);
  const portal = await stage.db.database.em.fork().findOneOrFail(Portal, (await row()).portal.id);
  for (let generation = 2; generation <= ROUNDS + 1; generation += 1) {
    const deactivating = api.post(`/users/${id}/deactivate`);
    const bulkAction = { id: randomUUID(), action: 'reactivate', actor: 'administrator' } as BulkAction;
    const user = await row();
    const batch = { bulkAction, portal, rows: [{ user, generation: user.generation }] };
    while ((await actOnPortalUsers(worker.dependencies, batch)).outcomes.get(id) !== 'done');
    expect((await deactivating).status).toBe(200);
    await mailed(stage, id, generation);
  }
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(ROUNDS + 1);
});
