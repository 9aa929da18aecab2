import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Dependencies } from '../activities/dependencies.ts';
import { createMailer } from '../activities/email/mailer.ts';
import { openAttachmentStore } from '../db/attachments/open-attachment-store.ts';
import { openDatabase } from '../db/database.ts';
import { TASK_QUEUE } from '../workflows/vocabulary.ts';
import { createAccountEmailStarter } from './account-email-starter.ts';
import { createBulkActionStarter } from './bulk-action-starter.ts';
import type { WorkerConfiguration } from './configuration.ts';
import { createBackgroundWorker } from './create-background-worker.ts';
import { createWorker } from './create-worker.ts';
import { scheduleHousekeeping } from './housekeeping-schedule.ts';
import { createInvitationSignals } from './invitation-signals.ts';
import { createInvitationStarter } from './invitation-starter.ts';
import { keepHousekeeping } from './keep-housekeeping.ts';
import { createPasswordResetStarter } from './password-reset-starter.ts';
import { createRequestEmailStarter } from './request-email-starter.ts';
import { runWorkers, stopWorkers } from './run-workers.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { temporalLogger } from './temporal-logger.ts';

/** How often a Temporal server that is not there yet is asked again, at the least. */
const MAX_CONNECT_INTERVAL_MS = 5_000;

export interface RunningWorker {
  /** Settles when the worker has stopped and its connections are closed; rejects if what ran had to be given up. */
  finished: Promise<void>;
  /** Takes no more work and lets what runs end. Safe to repeat. */
  stop(): void;
}

/** Starts a worker that polls the invitations' task queue, waiting for Temporal if it is not up yet. */
export async function startWorker(configuration: WorkerConfiguration, logger: Logger): Promise<RunningWorker> {
  Runtime.install({
    shutdownSignals: [], // main.ts drains
    logger: temporalLogger(logger),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
  const { connection, namespace } = await connect(logger);
  const client = new Client({ connection, namespace });
  await registerSearchAttributes(connection, namespace);

  const database = await openDatabase(configuration.DATABASE_URL, { log: (line) => logger.warn(line) });
  const mailer = createMailer(configuration.SMTP_URL);
  // At once, so that the log says what is wrong with a server before there is anything to do.
  void database.em
    .fork()
    .execute('select 1')
    .catch(() => {});
  void mailer.check().then((why) => why && logger.warn(`The mail server cannot be used: ${why}`));
  const home = { taskQueue: TASK_QUEUE, publicUrl: configuration.PUBLIC_URL };
  const dependencies: Dependencies = {
    database,
    mailer,
    attachments: await openAttachmentStore(database, configuration),
    linkKeys: configuration.LINK_KEYS,
    publicUrl: configuration.PUBLIC_URL,
    mailFrom: configuration.MAIL_FROM,
    startInvitation: createInvitationStarter(client, home),
    invitationSignals: createInvitationSignals(client, home),
    startBulkAction: createBulkActionStarter(client, TASK_QUEUE),
    startRequestEmail: createRequestEmailStarter(client, TASK_QUEUE),
    startPasswordReset: createPasswordResetStarter(client, TASK_QUEUE),
    startAccountEmail: createAccountEmailStarter(client, TASK_QUEUE),
  };
  const { BUILD_ID: buildId, DRAIN_SECONDS: drainSeconds } = configuration;
  const settings = { connection, namespace, taskQueue: TASK_QUEUE, buildId, drainSeconds };
  const workers = [await createWorker(dependencies, settings), await createBackgroundWorker(dependencies, settings)];
  await scheduleHousekeeping(client, TASK_QUEUE);
  const endKeeping = keepHousekeeping({ client, connection, namespace, taskQueue: TASK_QUEUE, logger });

  const finished = runWorkers(workers).finally(async () => {
    await endKeeping();
    mailer.close();
    await Promise.all([database.close(), connection.close()]);
  });
  return {
    finished,
    stop: () => stopWorkers(workers),
  };
}

async function connect(logger: Logger): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await pRetry(() => NativeConnection.connect(connectionOptions), {
    retries: Number.POSITIVE_INFINITY,
    maxTimeout: MAX_CONNECT_INTERVAL_MS,
    onFailedAttempt: ({ error }) =>
      logger.warn(`Temporal at ${connectionOptions.address} does not answer: ${error.message}`),
  });
  return { connection, namespace };
}
