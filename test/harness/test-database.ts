import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '../../db/database.ts';

/** The migrated database that every test file copies. */
const TEMPLATE = new URL(process.env.TEST_DATABASE_URL!);

export interface TestDatabase {
  database: Database;
  url: string;
  /** Closes and drops it. */
  drop(): Promise<void>;
}

/** A database of the test file's own, copied from the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = TEMPLATE.pathname.slice(1);
  await onServer(`create database "${name}" template "${template}"`);

  const url = new URL(TEMPLATE);
  url.pathname = `/${name}`;
  const database = await openDatabase(url.href);
  return {
    database,
    url: url.href,
    async drop() {
      await database.close(true);
      await onServer(`drop database if exists "${name}" with (force)`);
    },
  };
}

/** Runs one statement from outside the test databases. */
export async function onServer(statement: string): Promise<void> {
  const url = new URL(TEMPLATE);
  url.pathname = '/postgres';
  const server = await openDatabase(url.href, { patient: true });
  try {
    await server.em.fork().execute(statement);
  } finally {
    await server.close(true);
  }
}
