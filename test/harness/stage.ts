import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { pino } from 'pino';
import { createApp } from '../../api/app.ts';
import type { S3Settings } from '../../configuration/environment.ts';
import { openAttachmentStore } from '../../db/attachments/open-attachment-store.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { lazyConnection } from '../../temporal/connection.ts';
import { createInvitations } from '../../temporal/invitations.ts';
import { createRowWorkflows } from '../../temporal/row-workflows.ts';
import { createTestEmails } from '../../temporal/test-emails.ts';
import { createBodies } from '../../web/limit-request-bodies.ts';
import { createPortalUserChanges } from '../../web/portal-user-changes.ts';
import type { Services } from '../../web/services.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type MailSink, startMailSink } from './mail-sink.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { silenceTemporal, startTestWorker, TEST_LINK_KEYS, type TestWorker } from './test-worker.ts';

export const ADMIN_API_KEY = 'the-administrator-of-the-tests';

/** The whole product on a database and a task queue of its own: HTTP server, worker, mail server. */
export interface Stage {
  db: TestDatabase;
  sink: MailSink;
  worker: TestWorker;
  services: Services;
  url: string;
  /** Calls the API as the administrator. */
  admin: ApiClient;
  /** A new portal, and a client with a key of its own. */
  openPortal(settings?: Record<string, unknown>): Promise<{ slug: string; api: ApiClient; key: string }>;
  /** Another worker of this stage, for the task queue that the stage was set with. The caller stops it. */
  startWorker(): Promise<TestWorker>;
  close(): Promise<void>;
}

/** Servers of the test file's own, where it is going to stop them. */
export interface OwnServers {
  temporalAddress?: string;
  db?: TestDatabase;
  /** Polled by processes that the test starts: the stage's own worker has nothing to do then. */
  taskQueue?: string;
  /** Where attachments are kept, if not in Postgres. */
  s3?: S3Settings;
}

export async function setStage(own: OwnServers = {}): Promise<Stage> {
  silenceTemporal();
  const { temporalAddress = process.env.TEST_TEMPORAL_ADDRESS! } = own;
  const [db, sink] = await Promise.all([own.db ?? createTestDatabase(), startMailSink()]);
  const attachments = await openAttachmentStore(db.database, own.s3);
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const worker = await startTestWorker({
    database: db.database,
    attachments,
    smtpUrl: sink.url,
    publicUrl: url,
    address: temporalAddress,
  });
  const { taskQueue = worker.taskQueue } = own;
  const connection = lazyConnection({ address: temporalAddress });
  const client = new Client({ connection });
  const silent = pino({ level: 'silent' });
  const services: Services = {
    database: db.database,
    invitations: createInvitations(client, { taskQueue, publicUrl: url }),
    ...createRowWorkflows(client, taskQueue),
    attachments,
    bodies: createBodies(),
    testEmails: createTestEmails(client, taskQueue),
    portalUserChanges: createPortalUserChanges(db.url, silent),
    logger: silent,
    linkKeys: parseLinkKeys(TEST_LINK_KEYS),
    publicUrl: url,
    trustProxy: 0,
    apiRateLimit: 100_000,
    adminApiKey: ADMIN_API_KEY,
    workflowUrl: (id) => `http://temporal.example/namespaces/default/workflows/${encodeURIComponent(id)}`,
  };
  server.on('request', createApp(services));
  const admin = apiClient(url, ADMIN_API_KEY);

  let portals = 0;
  return {
    db,
    sink,
    worker,
    services,
    url,
    admin,
    async openPortal(settings = {}) {
      portals += 1;
      const slug = `portal-${portals}`;
      await admin.post('/v1/portals', { slug, name: 'Acme Help Center', ...settings }).expecting(201);
      const { body } = await admin.post(`/v1/portals/${slug}/api-keys`, { name: 'test' }).expecting(201);
      return { slug, key: body.key, api: apiClient(url, body.key, `/v1/portals/${slug}`) };
    },
    startWorker: () => startTestWorker({ database: db.database, smtpUrl: sink.url, publicUrl: url, taskQueue }),
    async close() {
      await services.portalUserChanges.close();
      await closeServer(server);
      await worker.stop();
      await Promise.all([connection.close(), sink.close(), db.drop()]);
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
