import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { startTemporal } from '../../embedded/temporal.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/vocabulary.ts';

/** The servers that everything measured shares, as `npm start` starts them. */
export interface Servers {
  databaseUrl: string;
  temporalAddress: string;
  /** Where Temporal keeps its workflows; absent: in memory. */
  temporalFile?: string;
}

/** Starts a Postgres and a Temporal of the measurement's own; both end, and their data is gone, with `started`. */
export async function openServers(started: AsyncDisposableStack, { inMemory = false } = {}): Promise<Servers> {
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-invitations-bench-'));
  started.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startPostgres({
    dataDir: join(dataDir, 'postgres'),
    port: await freePort(),
    password: 'bench',
  });
  started.defer(() => postgres.stop());
  const databaseFile = join(dataDir, 'temporal.db');
  const temporal = await startTemporal({
    binary: await findTemporalBinary(console.error),
    port: await freePort(),
    uiPort: await freePort(),
    ...(!inMemory && { databaseFile }),
    searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 'Keyword'])),
    dynamicConfig: JSON.parse(process.env.BENCH_DYNAMIC_CONFIG ?? '{}'),
    logFile: join(dataDir, 'temporal.log'),
  });
  started.defer(() => temporal.stop());
  return {
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    ...(!inMemory && { temporalFile: databaseFile }),
  };
}
