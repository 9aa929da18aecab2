import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Logger } from 'pino';
import { openAttachmentStore } from '../db/attachments/open-attachment-store.ts';
import { openDatabase } from '../db/database.ts';
import { emailKey } from '../db/email-address.ts';
import { TASK_QUEUE } from '../workflows/vocabulary.ts';
import { createAccountEmails } from './account-emails.ts';
import { createApp } from './app.ts';
import { createBodies } from './bodies.ts';
import { createBulkActions } from './bulk-actions.ts';
import type { ApiConfiguration } from './configuration.ts';
import { ensureFirstOperatorLater } from './first-operator.ts';
import { createInvitations } from './invitations.ts';
import { lazyConnection } from './lazy-connection.ts';
import { createPasswordResets } from './password-resets.ts';
import { createPortalUserChanges } from './portal-user-changes.ts';
import { createRequestEmails } from './request-emails.ts';
import { temporalProbe } from './temporal-probe.ts';
import { createTestEmails } from './test-emails.ts';

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
    bulkActions: createBulkActions(client, TASK_QUEUE),
    requestEmails: createRequestEmails(client, TASK_QUEUE),
    passwordResets: createPasswordResets(client, TASK_QUEUE),
    accountEmails: createAccountEmails(client, TASK_QUEUE),
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
