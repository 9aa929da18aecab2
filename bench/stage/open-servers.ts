import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { startTemporal, TEMPORAL_SETTINGS } from '../../embedded/temporal.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { SEARCH_ATTRIBUTES } from '../../vocabulary/workflows.ts';
import { dataFolder } from './data-folder.ts';

/** The servers that everything measured shares, as `npm start` starts them. */
export interface Servers {
  databaseUrl: string;
  temporalAddress: string;
  /** Where Temporal keeps its workflows. */
  temporalFile: string;
}

/** Starts a Postgres and a Temporal of the measurement's own; both end, and their data is gone, with `started`. */
export async function openServers(
  started: AsyncDisposableStack,
  dynamicConfig: Record<string, string | number | boolean> = TEMPORAL_SETTINGS,
): Promise<Servers> {
  const folder = dataFolder(started);
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    port: await freePort(),
    password: 'bench',
  });
  started.defer(() => postgres.stop());
  const temporalFile = join(folder, 'temporal.db');
  const temporal = await startTemporal({
    binary: await findTemporalBinary(console.error),
    port: await freePort(),
    uiPort: await freePort(),
    databaseFile: temporalFile,
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 'Keyword'])),
    dynamicConfig,
    logFile: join(folder, 'temporal.log'),
  });
  started.defer(() => temporal.stop());
  return { databaseUrl: postgres.url, temporalAddress: temporal.address, temporalFile };
}
