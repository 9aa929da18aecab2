import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { openDatabase } from '../../../db/database.ts';
import { migrate } from '../../../db/migrate.ts';
import { freePort } from '../../../embedded/ports.ts';
import { startPostgres } from '../../../embedded/postgres.ts';
import { startTemporal, TEMPORAL_SETTINGS } from '../../../embedded/temporal.ts';
import { findTemporalBinary } from '../../../embedded/temporal-binary.ts';
import { SEARCH_ATTRIBUTES } from '../../../vocabulary/workflows.ts';
import { servers } from './servers.ts';

/** Small, so that a test can see a long history continued; an ordinary invitation has 18 events. */
const SUGGEST_CONTINUE_AS_NEW_AT = 60;

/** Code that Node has compiled before is read from here by Jest's workers and by every process that a test starts. */
const COMPILE_CACHE = join(tmpdir(), 'portal-invitations-compile-cache');

/** Before all tests: one Postgres with a migrated template, one Temporal dev server, one bundle of the workflows. */
export default async function startServers(): Promise<void> {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  const dataDir = mkdtempSync(join(tmpdir(), 'portal-invitations-test-'));
  const [postgres, temporal, bundlePath] = await Promise.all([
    startTemplatePostgres(dataDir),
    startTestTemporal(dataDir),
    bundleWorkflows(dataDir),
  ]);
  servers.dataDir = dataDir;
  servers.stop = () => Promise.all([postgres.stop(), temporal.stop()]);
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_TEMPORAL_ADDRESS = temporal.address;
  process.env.TEST_WORKFLOW_BUNDLE = bundlePath;
}

async function startTemplatePostgres(dataDir: string) {
  const postgres = await startPostgres({
    dataDir: join(dataDir, 'postgres'),
    port: await freePort(),
    password: 'test',
    fast: true,
  });
  const database = await openDatabase(postgres.url, { patient: true });
  await migrate(database);
  await database.close();
  return postgres;
}

async function startTestTemporal(dataDir: string) {
  return startTemporal({
    binary: await findTemporalBinary(console.log),
    port: await freePort(),
    uiPort: await freePort(),
    searchAttributes: { [SEARCH_ATTRIBUTES.portalId]: 'Keyword', [SEARCH_ATTRIBUTES.confirmationStatus]: 'Keyword' },
    dynamicConfig: { ...TEMPORAL_SETTINGS, 'limit.historyCount.suggestContinueAsNew': SUGGEST_CONTINUE_AS_NEW_AT },
    logFile: join(dataDir, 'temporal.log'),
  });
}

async function bundleWorkflows(dataDir: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url)),
  });
  const path = join(dataDir, 'workflows.js');
  writeFileSync(path, code);
  return path;
}
