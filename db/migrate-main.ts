import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date and exits. */
const url = process.env.DATABASE_URL;
if (url === undefined) {
  console.error('DATABASE_URL is not set: give the PostgreSQL database to migrate.');
  process.exit(1);
}
const database = await openDatabase(url, { patient: true, log: console.log });
try {
  await migrate(database);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await database.close();
}
