import { z } from 'zod';
import { readEnvironment } from '../configuration/environment.ts';
import { DatabaseUrl } from '../configuration/postgres-options.ts';
import { connectionFailure } from './connection-failure.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date and exits. */
try {
  const { DATABASE_URL: url } = readEnvironment(z.object({ DATABASE_URL: DatabaseUrl }), process.env);
  await using database = await openDatabase(url, { patient: true, log: console.log });
  await migrate(database);
} catch (error) {
  console.error(connectionFailure(error) ?? (error as Error).message);
  process.exitCode = 1;
}
