import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Database, openDatabase } from '../../db/database.ts';

export interface TestDatabase {
  database: Database;
  url: string;
  /** Closes and drops it. */
  drop(): Promise<void>;
}

/** The URL of one of the databases on the tests' server. */
function urlOf(name: string): string {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  return url.href;
}

/** A database of the test file's own, copied from the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = new URL(process.env.TEST_DATABASE_URL!).pathname.slice(1);
  return createDatabase(`template "${template}"`);
}

/** A database of the test file's own without any table, for tests of migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(options: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database "${name}" ${options}`);
  const url = urlOf(name);
  const database = await openDatabase(url, { patient: options === '' });
  return {
    database,
    url,
    async drop() {
      await database.close(true);
      await onServer(`drop database if exists "${name}" with (force)`);
    },
  };
}

/** Runs one statement from outside the test databases. */
export async function onServer(statement: string): Promise<void> {
  const server = new pg.Client({ connectionString: urlOf('postgres') });
  await server.connect();
  try {
    await server.query(statement);
  } finally {
    await server.end();
  }
}
