import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pino from 'pino';
import { actOnPortalUsers } from '../../activities/bulk/act-on-portal-users.ts';
import { carryOutBulkAction } from '../../activities/bulk/carry-out-bulk-action.ts';
import { startMissingWorkflows } from '../../activities/housekeeping/start-missing-workflows.ts';
import type { InvitedUser } from '../../commands/services.ts';
import { BulkAction, BulkActionRow, InvitationEmail, type Portal, PortalUser } from '../../db/entities/index.ts';
import { lockPortalUser } from '../../db/locks.ts';
import { findPortalUsers } from '../../db/queries/list-portal-users.ts';
import { deactivate } from '../../db/statements/change-confirmation-status.ts';
import type { BulkActionName } from '../../vocabulary/portal-users.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { eventTypes, insertPortal, insertPortalUser, readPortalUser } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

let db: TestDatabase;
let portal: Portal;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** What the activity said to Temporal; a row in `failing` cannot be told of. */
const told: string[] = [];
const failing = new Set<string>();
/** Whose workflow has taken the signal, but not decided yet. */
const undecided = new Set<string>();
const tell = async (what: string, id: string) => {
  if (failing.has(id)) throw new Refusal('unavailable', { detail: 'Temporal is down' });
  told.push(`${what} ${id}`);
};

function run(bulkActionId: string): Promise<void> {
  return activityEnvironment().run(() => carryOutBulkAction(dependencies(), { bulkActionId }));
}

function dependencies() {
  return {
    database: db.database,
    logger: pino({ level: 'silent' }),
    invitations: {
      start: async () => {},
      resume: async () => {},
      confirm: async () => 'pending' as const,
      isReachable: async () => true,
      async startAgain({ id: portalUserId }: InvitedUser) {
        await tell('start', portalUserId);
        await db.database.em.fork().nativeUpdate(PortalUser, portalUserId, { delivery: 'sent' });
      },
      async reInvite({ id: portalUserId, generation }: InvitedUser) {
        await tell('reInvite', portalUserId);
        // As the workflow does: replaces this very link, once.
        const em = db.database.em.fork();
        const newest = { generation: generation + 1, delivery: 'sent' } as const;
        if ((await em.nativeUpdate(PortalUser, { id: portalUserId, generation }, newest)) === 0) return;
        em.create(InvitationEmail, {
          ...newest,
          portalUser: em.getReference(PortalUser, portalUserId),
          reminder: 0,
          toAddress: 'jane@example.com',
          content: {} as InvitationEmail['content'],
        });
        await em.flush();
      },
      async deactivate({ id: portalUserId }: InvitedUser) {
        await tell('deactivate', portalUserId);
        if (undecided.delete(portalUserId)) return 'pending' as const;
        await db.database.em.fork().transactional(async (em) => {
          const user = await lockPortalUser(em, portalUserId);
          if (user?.confirmationStatus === 'not_confirmed') await deactivate(em, user, { actor: 'temporal' });
        });
        return 'deactivated' as const;
      },
    },
  };
}

async function ask(action: BulkActionName, users: PortalUser[]): Promise<string> {
  const em = db.database.em.fork();
  const id = randomUUID();
  const total = users.length;
  const bulkAction = em.create(BulkAction, {
    id,
    portal: portal.id,
    action,
    actor: 'temporal',
    total,
    isSelected: true,
  });
  for (const user of await findPortalUsers(
    em,
    portal.id,
    users.map((one) => one.id),
  )) {
    em.create(BulkActionRow, { bulkAction, portalUser: user, generation: user.generation });
  }
  await em.flush();
  return id;
}

async function people(count: number): Promise<PortalUser[]> {
  portal = await insertPortal(db.database, { reInviteCooldownSeconds: 0 });
  told.length = 0;
  failing.clear();
  return Promise.all(Array.from({ length: count }, () => insertPortalUser(db.database, portal)));
}

async function outcomes(bulkActionId: string): Promise<(string | null | undefined)[]> {
  const rows = await db.database.em.fork().find(BulkActionRow, { bulkAction: bulkActionId });
  return rows.map(({ outcome }) => outcome);
}

test('a second run of a finished action does nothing', async () => {
  const id = await ask('re_invite', await people(3));
  await run(id);
  expect(told).toHaveLength(3);
  await run(id);
  expect(told).toHaveLength(3);
  expect(await outcomes(id)).toEqual(['done', 'done', 'done']);
});

test('a run that broke off goes on with the rows that are left, and tells nobody twice', async () => {
  const users = await people(30); // more than are taken at a time
  const id = await ask('re_invite', users);
  failing.add(users[4]!.id);
  await expect(run(id)).rejects.toThrow('Temporal is down');
  failing.clear();
  await run(id);
  expect(told.toSorted()).toEqual(users.map((user) => `reInvite ${user.id}`).toSorted());
  expect(new Set(await outcomes(id))).toEqual(new Set(['done']));
});

test('a crash between acting and recording replaces no link twice', async () => {
  const [user] = await people(1);
  const id = await ask('re_invite', [user!]);
  await run(id);
  await forgetOutcomes(id);
  await run(id);
  expect(told).toHaveLength(1);
  expect((await readPortalUser(db.database, user!.id)).generation).toBe(2);
  expect(await outcomes(id)).toEqual(['done']);
});

test('a crash after a reactivation reactivates nobody twice, and says that it was done', async () => {
  const [user] = await people(1);
  await db.database.em.fork().nativeUpdate(PortalUser, user!.id, { confirmationStatus: 'deactivated' });
  const id = await ask('reactivate', [user!]);
  await run(id);
  await forgetOutcomes(id);
  await run(id);
  expect(told).toEqual([`start ${user!.id}`]);
  expect(await outcomes(id)).toEqual(['done']);
  expect(await eventTypes(db.database, user!.id)).toEqual(['portal_user_reactivated']);
});

test('a user who is deactivated again after a crash is not reactivated a second time', async () => {
  const [user] = await people(1);
  const deactivated = { confirmationStatus: 'deactivated' } as const;
  await db.database.em.fork().nativeUpdate(PortalUser, user!.id, deactivated);
  const id = await ask('reactivate', [user!]);
  await run(id);
  await forgetOutcomes(id);
  await db.database.em.fork().nativeUpdate(PortalUser, user!.id, deactivated);
  await run(id);
  expect(await outcomes(id)).toEqual(['done']);
  expect(await readPortalUser(db.database, user!.id)).toMatchObject(deactivated);
  expect(await eventTypes(db.database, user!.id)).toEqual(['portal_user_reactivated']);
});

test('a user who is erased while the batch is carried out does not end the action', async () => {
  for (const action of ['re_invite', 'deactivate', 'reactivate'] as const) {
    const [gone, stays] = await people(2);
    const id = await ask(action, [gone!, stays!]);
    const em = db.database.em.fork();
    const bulkAction = await em.findOneOrFail(BulkAction, id);
    const rows = [gone!, stays!].map((user) => ({ user, generation: user.generation }));
    await em.execute('delete from contacts where id = ?', [gone!.contact.id]);
    const acting = () => actOnPortalUsers(dependencies(), { bulkAction, portal, rows });
    const acted = (await activityEnvironment().run(acting)) as Awaited<ReturnType<typeof acting>>;
    expect(acted.failure).toBeUndefined();
    expect([acted.outcomes.get(gone!.id), acted.outcomes.size]).toEqual(['done', 2]);
  }
});

test('a crash after a deactivation says that it was done, and one of before says that there was nothing to do', async () => {
  const [ours, gone] = await people(2);
  await db.database.em.fork().nativeUpdate(PortalUser, gone!.id, { confirmationStatus: 'deactivated' });
  const id = await ask('deactivate', [ours!, gone!]);
  await run(id);
  await forgetOutcomes(id);
  await run(id);
  expect(told).toEqual([`deactivate ${ours!.id}`]);
  expect((await outcomes(id)).toSorted()).toEqual(['already_deactivated', 'done']);
});

test('nobody is said to be deactivated before they are', async () => {
  const [user] = await people(1);
  undecided.add(user!.id);
  const id = await ask('deactivate', [user!]);
  await expect(run(id)).rejects.toThrow('has not decided yet');
  expect(await outcomes(id)).toEqual([null]);
  await run(id);
  expect(await outcomes(id)).toEqual(['done']);
  expect((await readPortalUser(db.database, user!.id)).confirmationStatus).toBe('deactivated');
});

test('a portal user who was erased meanwhile is passed over', async () => {
  const [gone, stays] = await people(2);
  const id = await ask('deactivate', [gone!, stays!]);
  await db.database.em.fork().execute('delete from contacts where id = ?', [gone!.contact.id]);
  await run(id);
  expect(told).toEqual([`deactivate ${stays!.id}`]);
});

test('an action that Temporal was not told of is started later, a finished one is not', async () => {
  const users = await people(1);
  const [forgotten, finished, young] = await Promise.all([1, 2, 3].map(() => ask('deactivate', users)));
  const em = db.database.em.fork();
  await em.nativeUpdate(BulkAction, { id: [forgotten!, finished!] }, { createdAt: new Date(Date.now() - 60_000) });
  await em.nativeUpdate(BulkAction, finished!, { finishedAt: new Date() });
  const startedIds: string[] = [];
  await activityEnvironment().run(() =>
    startMissingWorkflows(
      { database: db.database, bulkActions: { start: async (id) => void startedIds.push(id) } },
      'bulkActions',
    ),
  );
  expect(startedIds).toEqual([forgotten]);
  expect(startedIds).not.toContain(young);
});

async function forgetOutcomes(bulkActionId: string): Promise<void> {
  const em = db.database.em.fork();
  await em.nativeUpdate(BulkActionRow, { bulkAction: bulkActionId }, { outcome: null });
  await em.nativeUpdate(BulkAction, bulkActionId, { finishedAt: null });
}
