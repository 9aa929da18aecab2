import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalUser } from '../../db/entities/index.ts';
import { lockPortalUser } from '../../db/locks.ts';
import { eventually } from '../harness/eventually.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { createTestDatabase, onServer, type TestDatabase } from '../harness/test-database.ts';

/** More than the pool has connections. */
const TIMES = 12;

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('transactions that the server cuts short take no connection away for good', async () => {
  for (let i = 0; i < TIMES; i += 1) {
    const cut = db.database.em.fork().transactional(async (em) => {
      const [session] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
      await onServer(`select pg_terminate_backend(${session!.pid})`);
      await em.execute('select 1');
    });
    await expect(cut).rejects.toThrow();
  }
  expect(await db.database.em.fork().count(PortalUser, {})).toBe(0);
});

test('waiting in vain for a lock ends at the server too, and leaves no session behind', async () => {
  const portal = await insertPortal(db.database);
  const { id } = await insertPortalUser(db.database, portal);
  const holding = Promise.withResolvers<void>();
  const enough = Promise.withResolvers<void>();
  const holder = db.database.em.fork().transactional(async (em) => {
    await lockPortalUser(em, id);
    holding.resolve();
    await enough.promise;
  });
  await holding.promise;
  const waiting = Array.from({ length: 4 }, () => db.database.em.fork().transactional((em) => lockPortalUser(em, id)));
  for (const outcome of await Promise.allSettled(waiting)) expect(outcome.status).toBe('rejected');
  enough.resolve();
  await holder;

  const idle =
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in%'";
  await eventually(async () => {
    const [row] = await db.database.em.fork().execute<{ n: number }[]>(idle);
    return row!.n === 0;
  }, 'the end of every transaction');
  expect(await db.database.em.fork().count(PortalUser, {})).toBe(1);
});
