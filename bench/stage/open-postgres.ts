import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { dataFolder } from './data-folder.ts';

/** Starts a Postgres as `npm start` does, for what needs no Temporal. It ends, and its data is gone, with `started`. Returns its URL. */
export async function openPostgres(started: AsyncDisposableStack): Promise<string> {
  const postgres = await startPostgres({
    dataDir: join(dataFolder(started), 'postgres'),
    port: await freePort(),
    password: 'bench',
  });
  started.defer(() => postgres.stop());
  return postgres.url;
}
