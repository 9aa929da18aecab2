import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { type RunningPostgres, startPostgres } from '../../../embedded/postgres.ts';
import { type RunningTemporal, startTemporal, TEMPORAL_SETTINGS } from '../../../embedded/temporal.ts';
import { findTemporalBinary } from '../../../embedded/temporal-binary.ts';
import { SEARCH_ATTRIBUTES } from '../../../vocabulary/workflows.ts';
import { type ApiClient, apiClient } from '../api-client.ts';
import { type MailSink, startMailSink } from '../mail-sink.ts';
import { type Relay, startRelay } from '../relay.ts';
import { TEST_LINK_KEYS, TEST_MAIL_FROM } from '../test-worker.ts';
import { createProcesses, type Processes } from './processes.ts';
import { reservedPort } from './reserved-port.ts';

export const FAULTS_ADMIN_KEY = 'administrator-of-the-fault-tests';

/**
 * The product as it is deployed: API and worker as processes of their own, with a Postgres, a Temporal server and a mail server
 * that belong to the test alone. The processes reach each server through a relay; the test reaches it directly.
 */
export interface FaultStage {
  /** Where data and logs are. */
  folder: string;
  url: string;
  /** Calls the API as the administrator. */
  admin: ApiClient;
  sink: MailSink;
  relays: { postgres: Relay; temporal: Relay; mailServer: Relay };
  processes: Processes;
  /** Of Temporal, without a relay. */
  client: Client;
  temporal: RestartableServer;
  postgres: RestartableServer & { url: string };
  /** Runs a query on Postgres, without a relay. */
  sql<Row>(query: string, parameters?: unknown[]): Promise<Row[]>;
  /** Adds a portal where a user confirms with the invited address. Returns a client for its users. */
  openPortal(slug: string, settings?: Record<string, unknown>): Promise<ApiClient>;
  close(): Promise<void>;
}

export interface RestartableServer {
  /** The folder or file with its data. */
  data: string;
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

export interface FaultStageOptions {
  /** Names of the worker processes to start. */
  workers?: string[];
  /** Environment variables for the API and the workers. */
  env?: NodeJS.ProcessEnv;
  /** Folder with the release to run; the project's own by default. */
  release?: string;
}

export async function setFaultStage({
  workers = ['worker'],
  env = {},
  release,
}: FaultStageOptions = {}): Promise<FaultStage> {
  await using started = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'portal-invitations-faults-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));

  const postgres = await openPostgres(folder);
  started.defer(postgres.stop);
  const temporal = await openTemporal(folder);
  started.defer(temporal.stop);
  const sink = await startMailSink();
  started.defer(sink.close);
  const [toPostgres, toTemporal, toMailServer] = await Promise.all(
    [new URL(postgres.url).host, temporal.address, new URL(sink.url).host].map(async (target) =>
      startRelay(target, await reservedPort()),
    ),
  );
  const relays = { postgres: toPostgres!, temporal: toTemporal!, mailServer: toMailServer! };
  for (const relay of Object.values(relays)) started.defer(relay.close);

  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  pool.on('error', () => {}); // Postgres is stopped by some tests
  started.defer(() => pool.end());
  const connection = Connection.lazy({ address: temporal.address });
  started.defer(() => connection.close());

  const databaseUrl = new URL(postgres.url);
  databaseUrl.host = relays.postgres.address;
  const port = await reservedPort();
  const url = `http://127.0.0.1:${port}`;
  const commonEnv = {
    DATABASE_URL: databaseUrl.href,
    TEMPORAL_ADDRESS: relays.temporal.address,
    SMTP_URL: `smtp://${relays.mailServer.address}`,
    ...{ PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url },
    ...{ LINK_KEYS: TEST_LINK_KEYS, MAIL_FROM: TEST_MAIL_FROM, ADMIN_API_KEY: FAULTS_ADMIN_KEY },
    API_RATE_LIMIT: '1000000',
    ...env,
  };
  const processes = createProcesses(folder, commonEnv, release);
  started.defer(processes.killAll);
  await processes.run('migrate', 'db/migrate-main.ts');
  await Promise.all([
    processes.start('api', 'api/main.ts'),
    ...workers.map((name) => processes.start(name, 'worker/main.ts')),
  ]);

  const admin = apiClient(url, FAULTS_ADMIN_KEY);
  const running = started.move();
  return {
    ...{ folder, url, admin, sink, relays, processes, temporal, postgres },
    client: new Client({ connection }),
    sql: async <Row>(query: string, parameters: unknown[] = []) => (await pool.query(query, parameters)).rows as Row[],
    async openPortal(slug, settings = {}) {
      const policy = { reInviteCooldownSeconds: 0, reInviteDailyCap: 100 };
      const ownSite = { hasOwnSite: true, afterConfirmingUrls: ['https://customers.example/'] };
      await admin.post('/v1/portals', { slug, name: slug, ...policy, ...ownSite, ...settings }).expecting(201);
      return apiClient(url, FAULTS_ADMIN_KEY, `/v1/portals/${slug}/users`);
    },
    close: () => running.disposeAsync(),
  };
}

async function openPostgres(folder: string): Promise<RestartableServer & { url: string }> {
  const data = join(folder, 'postgres');
  const port = await reservedPort();
  let running: RunningPostgres;
  const start = async () => {
    running = await startPostgres({ dataDir: data, port, password: 'faults', fast: true });
  };
  await start();
  return { data, start, stop: () => running.stop(), url: running!.url };
}

async function openTemporal(folder: string): Promise<RestartableServer & { address: string }> {
  const data = join(folder, 'temporal.db');
  const binary = await findTemporalBinary(console.log);
  const [port, uiPort] = [await reservedPort(), await reservedPort()];
  let running: RunningTemporal;
  const start = async () => {
    running = await startTemporal({
      ...{ binary, port, uiPort, databaseFile: data, dynamicConfig: TEMPORAL_SETTINGS },
      searchAttributes: Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, 'Keyword'])),
      logFile: join(folder, 'temporal.log'),
    });
  };
  await start();
  return { data, start, stop: () => running.stop(), address: running!.address };
}
