import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { checkOperatorPassword } from '../../commands/passwords/operator-password.ts';
import { type Database, openDatabase } from '../../db/database.ts';
import { insertMembership, insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

let db: TestDatabase;
let database: Database;
const queries: string[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  database = await openDatabase(db.url);
  const pool: Pool = await database.em.getConnection().getNativeClient();
  pool.on('connect', (client) => {
    const { query } = client;
    client.query = ((...args: unknown[]) => {
      queries.push(String((args[0] as { text?: string }).text ?? args[0]));
      return (query as (...args: unknown[]) => unknown).apply(client, args);
    }) as typeof query;
  });
  (await pool.connect()).release(true); // the one that was there before
});
afterAll(async () => {
  await database.close();
  await db.drop();
});

test('a sign-in makes one query, whether the address is known, unknown, or only invited', async () => {
  const { slug } = await insertPortal(db.database);
  const known = await insertOperator(db.database, slug);
  const invited = await insertOperator(db.database, slug);
  const portal = await insertPortal(db.database);
  await db.database.em.fork().execute('delete from portal_operators where operator_id = ?', [invited.id]);
  await insertMembership(db.database, invited, portal.id, { acceptedAt: null });
  for (const [email, password, isRight] of [
    [known.email, OPERATOR_PASSWORD, true],
    [known.email, 'a wrong password, long enough', false],
    [invited.email, OPERATOR_PASSWORD, false],
    ['nobody@example.com', OPERATOR_PASSWORD, false],
    ['', OPERATOR_PASSWORD, false],
  ] as const) {
    queries.length = 0;
    const operator = await checkOperatorPassword(database.em.fork(), email, password);
    expect([email, operator?.id]).toEqual([email, isRight ? known.id : undefined]);
    expect([email, queries]).toEqual([email, [expect.stringContaining('from operators')]]);
  }
});
