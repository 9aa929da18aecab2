import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Dependencies } from '../activities/dependencies.ts';
import { createMailer } from '../activities/mail-server/mailer.ts';
import { openAttachmentStore } from '../db/attachments/open-attachment-store.ts';
import { openDatabase } from '../db/database.ts';
import { createInvitations } from '../temporal/invitations.ts';
import { createRowWorkflows } from '../temporal/row-workflows.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { TASK_QUEUE } from '../vocabulary/workflows.ts';
import type { WorkerConfiguration } from './configuration.ts';
import { createBackgroundWorker, createWorker } from './create-worker.ts';
import { keepHousekeeping, scheduleHousekeeping } from './housekeeping-schedule.ts';

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
    invitations: createInvitations(client, home),
    ...createRowWorkflows(client, TASK_QUEUE),
    logger,
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

/** Runs workers until all of them have stopped; one that fails stops the others. @throws the first failure */
export async function runWorkers(workers: Worker[]): Promise<void> {
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(() => stopWorkers(workers))));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Lets workers finish what they do and take no more. @idempotent */
export function stopWorkers(workers: Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** Long enough for what is wrong; what follows is a stack trace. */
const MAX_FAILURE_LENGTH = 1_000;

/**
 * Writes the warnings and errors of Temporal's SDK to the worker's log, those of its core too. Of an error only the message is
 * kept: workflows and failures that reach Temporal hold ids and codes, no personal data, but the properties of an error might.
 */
function temporalLogger(logger: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const failure = failureOf(meta?.error ?? meta?.failure);
    logger[level === 'WARN' ? 'warn' : 'error']({ ...meta, error: undefined, failure }, message);
  });
}

/** The core, which is written in Rust, hands its errors over as text. */
function failureOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_FAILURE_LENGTH);
}
