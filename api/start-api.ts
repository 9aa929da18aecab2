import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Logger } from 'pino';
import { ensureFirstOperatorLater } from '../commands/operators/first-operator.ts';
import { openAttachmentStore } from '../db/attachments/open-attachment-store.ts';
import { openDatabase } from '../db/database.ts';
import { lazyConnection, temporalProbe } from '../temporal/connection.ts';
import { createInvitations } from '../temporal/invitations.ts';
import { createRowWorkflows } from '../temporal/row-workflows.ts';
import { createTestEmails } from '../temporal/test-emails.ts';
import { emailKey } from '../vocabulary/email-address.ts';
import { TASK_QUEUE } from '../vocabulary/workflows.ts';
import { createBodies } from '../web/limit-request-bodies.ts';
import { createPortalUserChanges } from '../web/portal-user-changes.ts';
import { createApp } from './app.ts';
import type { ApiConfiguration } from './configuration.ts';

/** Requests under way at shutdown may end within this. */
const DRAIN_LIMIT_MS = 2_000;

export interface RunningApi {
  port: number;
  /** Takes no more requests, lets those under way end, closes all connections. */
  stop(): Promise<void>;
}

/** Starts the HTTP server. Postgres and Temporal may be down at that moment. @throws where the port is taken */
export async function startApi(configuration: ApiConfiguration, logger: Logger): Promise<RunningApi> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = lazyConnection(connectionOptions);
  const database = await openDatabase(configuration.DATABASE_URL, { log: (line) => logger.warn(line) });
  const portalUserChanges = createPortalUserChanges(configuration.DATABASE_URL, logger);
  const client = new Client({ connection, namespace });
  const { TEMPORAL_UI_URL, OPERATOR_EMAIL: email, OPERATOR_PASSWORD: password } = configuration;
  const home = { taskQueue: TASK_QUEUE, publicUrl: configuration.PUBLIC_URL };
  const probe = temporalProbe(connectionOptions, logger);
  const invitations = createInvitations(client, home, probe);
  const app = createApp({
    database,
    invitations,
    ...createRowWorkflows(client, TASK_QUEUE),
    attachments: await openAttachmentStore(database, configuration),
    bodies: createBodies(),
    testEmails: createTestEmails(client, TASK_QUEUE),
    portalUserChanges,
    logger,
    linkKeys: configuration.LINK_KEYS,
    publicUrl: configuration.PUBLIC_URL,
    trustProxy: configuration.TRUST_PROXY,
    apiRateLimit: configuration.API_RATE_LIMIT,
    adminApiKey: configuration.ADMIN_API_KEY,
    firstOperator: email && emailKey(email),
    workflowUrl: (workflowId) =>
      TEMPORAL_UI_URL === undefined
        ? null
        : `${TEMPORAL_UI_URL}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`,
  });
  const server = app.listen(configuration.PORT, configuration.HOST ?? '::');
  await once(server, 'listening');
  // At once, so that the log says what is wrong with a server before anybody calls.
  void database.em
    .fork()
    .execute('select 1')
    .catch(() => {});
  void probe.explain();
  const giveUp = email && password ? ensureFirstOperatorLater(database, { email, password }, logger) : undefined;
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      await giveUp?.();
      await portalUserChanges.close();
      await drain(server);
      await Promise.all([database.close(), connection.close()]);
    },
  };
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await closed;
  clearTimeout(force);
}
