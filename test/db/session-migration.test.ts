import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Session } from '../../db/entities/index.ts';
import { migrate } from '../../db/migrate.ts';
import { hashSessionId } from '../../web/sessions.ts';
import { createEmptyDatabase, type TestDatabase } from '../harness/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createEmptyDatabase();
});
afterAll(() => db.drop());

test('a browser that is signed in stays signed in, and what is left of nobody is gone', async () => {
  const { database } = db;
  await database.migrator.up({ to: '2026-11-26-uncounted-bulk-actions' });
  const em = database.em.fork();
  const operatorId = randomUUID();
  await em.execute(
    `insert into operators (id, email, email_key, name, password_hash, created_at) values (?, 'o@x.example', 'o@x.example', 'O', '', now())`,
    [operatorId],
  );
  const flash = { kind: 'done', text: 'Jane was added.' };
  const sessions: [string, object, string][] = [
    ['signed in', { cookie: { originalMaxAge: 1 }, operatorId, flash }, "now() + interval '2 hours'"],
    ['over', { cookie: {}, operatorId }, "now() - interval '1 second'"],
    ['of an erased operator', { cookie: {}, operatorId: randomUUID() }, "now() + interval '2 hours'"],
    ['of nobody', { cookie: {} }, "now() + interval '2 hours'"],
  ];
  for (const [sid, sess, expire] of sessions) {
    await em.execute(`insert into sessions (sid, sess, expire) values (?, ?, ${expire})`, [sid, JSON.stringify(sess)]);
  }
  await migrate(database);

  const rows = await database.em.fork().find(Session, {});
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ operator: { id: operatorId }, portalUser: null, notes: { flash }, userAgent: null });
  expect(Buffer.from(rows[0]!.secretHash)).toEqual(hashSessionId('signed in'));
  const signedInAgo = Date.now() - rows[0]!.createdAt.getTime();
  expect(Math.round(signedInAgo / 3_600_000)).toBe(10);
});
