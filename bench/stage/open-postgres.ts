import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { startPostgres } from '../../embedded/postgres.ts';

/** Starts a Postgres as `npm start` does, for what needs no Temporal. It ends, and its data is gone, with `started`. Returns its URL. */
export async function openPostgres(started: AsyncDisposableStack): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-invitations-bench-'));
  started.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres({
    dataDir: join(dataDir, 'postgres'),
    port: await freePort(),
    password: 'bench',
  });
  started.defer(() => postgres.stop());
  return postgres.url;
}
