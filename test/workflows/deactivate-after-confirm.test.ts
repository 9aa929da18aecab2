import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Session } from '../../db/entities/index.ts';
import { deactivateOptions } from '../../temporal/start-options.ts';
import { INVITATION_WORKFLOW } from '../../vocabulary/workflows.ts';
import { confirmSignal, deactivateSignal } from '../../workflows/handle-signals.ts';
import { eventually } from '../harness/eventually.ts';
import { insertSession } from '../harness/rows.ts';
import {
  type Engine,
  homeOf,
  type Invited,
  invite,
  inviteAndLeave,
  keepHistory,
  startEngine,
} from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** Holds the lock on a portal user's row until `release`: nothing can be recorded meanwhile. */
async function lockRow(id: string) {
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const done = engine.db.database.em.fork().transactional(async (em) => {
    await em.execute('select from portal_users where id = ? for update', [id]);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  return () => {
    release.resolve();
    return done;
  };
}

async function signInAs({ id }: Invited): Promise<void> {
  await insertSession(engine.db.database, { portalUser: id });
}

async function expectDeactivated(invited: Invited, events: string[]): Promise<void> {
  expect(await invited.handle.result()).toBe('deactivated');
  expect(await invited.row()).toMatchObject({ confirmationStatus: 'deactivated', deactivatedAt: expect.any(Date) });
  expect(await invited.events()).toEqual(['invitation_sent', ...events]);
  expect(await engine.db.database.em.fork().count(Session, { portalUser: invited.id })).toBe(0);
  const { searchAttributes } = await invited.handle.describe();
  expect(searchAttributes.ConfirmationStatus).toEqual(['deactivated']);
}

test('a deactivation that comes with a confirmation, in one workflow task, is recorded after it', async () => {
  const invited = await inviteAndLeave(engine);
  await signInAs(invited);
  await invited.handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  await invited.handle.signal(deactivateSignal, { actor: 'administrator' });

  const worker = await invited.back();
  await expectDeactivated(invited, ['portal_user_confirmed', 'portal_user_deactivated']);
  await keepHistory('deactivated-after-confirmed', invited);
  await worker.stop();
});

test('a deactivation that arrives while the confirmation is being recorded is recorded after it', async () => {
  const invited = await invite(engine);
  await invited.delivered();
  await signInAs(invited);
  const release = await lockRow(invited.id);
  await invited.handle.signal(confirmSignal);
  await eventually(isBlocked, 'the recording of the confirmation');
  await invited.handle.signal(deactivateSignal);
  await release();
  await expectDeactivated(invited, ['portal_user_confirmed', 'portal_user_deactivated']);
});

test('a deactivation that arrives while the recording of a confirmation is retried is recorded after it', async () => {
  const invited = await invite(engine);
  await invited.delivered();
  await signInAs(invited);
  const release = await lockRow(invited.id);
  await invited.handle.signal(confirmSignal);
  const isRetried = async () => (await invited.handle.describe()).raw.pendingActivities?.length === 1;
  await eventually(isRetried, 'the regular activity');
  await invited.handle.signal(deactivateSignal);
  await release();
  await expectDeactivated(invited, ['portal_user_confirmed', 'portal_user_deactivated']);
  await keepHistory('deactivated-while-confirming', invited);
});

test('a second deactivation after a confirmation changes nothing and is recorded', async () => {
  const invited = await inviteAndLeave(engine);
  await invited.handle.signal(confirmSignal);
  await invited.handle.signal(deactivateSignal);
  await invited.handle.signal(deactivateSignal);
  const worker = await invited.back();
  expect(await invited.handle.result()).toBe('deactivated');
  expect((await invited.events()).filter((type) => type === 'portal_user_deactivated')).toHaveLength(1);
  expect(await invited.events()).toContain('signal_ignored');
  await worker.stop();
});

test('a deactivation that starts a run of its own takes the access of a user away who has confirmed since', async () => {
  const invited = await invite(engine);
  await invited.delivered();
  await invited.handle.signal(confirmSignal);
  expect(await invited.handle.result()).toBe('confirmed');
  await signInAs(invited);
  const portalId = (await invited.row()).portal.id;
  const order = deactivateOptions(
    homeOf(engine.worker),
    { portalUserId: invited.id, portalId, generation: 1 },
    'temporal',
  );
  await engine.worker.client.workflow.signalWithStart(INVITATION_WORKFLOW, order);
  const handle = engine.worker.client.workflow.getHandle(invited.handle.workflowId) as Invited['handle'];
  await expectDeactivated({ ...invited, handle }, ['portal_user_confirmed', 'portal_user_deactivated']);
});

/** Whether a connection of this test's database waits for a lock. */
async function isBlocked(): Promise<boolean> {
  const waiting = await engine.db.database.em
    .fork()
    .execute("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'");
  return waiting.length > 0;
}
