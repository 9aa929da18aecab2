import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migrate } from '../../db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('the migrations make exactly the schema that the entities describe', async () => {
  expect(await db.database.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
});

test('migrating again, from two processes at once, changes nothing', async () => {
  await Promise.all([migrate(db.database), migrate(db.database)]);
  expect(await db.database.migrator.getPending()).toEqual([]);
});
