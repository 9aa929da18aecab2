import { createHash, randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import pino from 'pino';
import type { Dependencies } from '../../activities/dependencies.ts';
import { createMailer } from '../../activities/mail-server/mailer.ts';
import type { AttachmentStore } from '../../db/attachments/attachment-store.ts';
import { openAttachmentStore } from '../../db/attachments/open-attachment-store.ts';
import type { Database } from '../../db/database.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { createInvitations } from '../../temporal/invitations.ts';
import { createRowWorkflows } from '../../temporal/row-workflows.ts';
import { createBackgroundWorker, createWorker } from '../../worker/create-worker.ts';
import { runWorkers, stopWorkers } from '../../worker/start-worker.ts';
import { silentLogger } from './silent-logger.ts';

export const TEST_LINK_KEYS = `1:${createHash('sha256').update('a key of the tests').digest('base64url')}`;
export const TEST_MAIL_FROM = 'invitations@portal.example';

/** Sends that a test left hanging are cut soon. */
const DRAIN_SECONDS = 5;

export interface TestWorker {
  client: Client;
  taskQueue: string;
  dependencies: Dependencies;
  stop(): Promise<void>;
}

export interface TestWorkerOptions {
  database: Database;
  /** Absent: in Postgres. */
  attachments?: AttachmentStore;
  smtpUrl: string;
  /** Origin in mailed links. */
  publicUrl: string;
  address?: string;
  taskQueue?: string;
}

/** A worker on a task queue of its own, polling the tests' Temporal server. */
export async function startTestWorker({
  database,
  attachments,
  smtpUrl,
  publicUrl,
  address = process.env.TEST_TEMPORAL_ADDRESS!,
  taskQueue = `test-${randomUUID()}`,
}: TestWorkerOptions): Promise<TestWorker> {
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const mailer = createMailer(smtpUrl);
  const dependencies: Dependencies = {
    database,
    mailer,
    attachments: attachments ?? (await openAttachmentStore(database)),
    linkKeys: parseLinkKeys(TEST_LINK_KEYS),
    publicUrl,
    mailFrom: TEST_MAIL_FROM,
    invitations: createInvitations(client, { taskQueue, publicUrl }),
    ...createRowWorkflows(client, taskQueue),
    logger: pino({ level: 'silent' }),
  };
  const settings = {
    ...{ connection, namespace: 'default', taskQueue, drainSeconds: DRAIN_SECONDS },
    workflowBundle: { codePath: process.env.TEST_WORKFLOW_BUNDLE! },
  };
  const workers = [await createWorker(dependencies, settings), await createBackgroundWorker(dependencies, settings)];
  const finished = runWorkers(workers);
  return {
    client,
    taskQueue,
    dependencies,
    async stop() {
      stopWorkers(workers);
      mailer.close();
      try {
        await finished;
        await connection.close();
      } catch (error) {
        if (!isMiscounted(error)) throw error;
      }
    },
  };
}

let isSilent = false;

/** Before any worker: keeps the SDK's log out of the tests' output. Safe to repeat. */
export function silenceTemporal(): void {
  if (isSilent) return;
  isSilent = true;
  Runtime.install({
    logger: silentLogger,
    telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    shutdownSignals: [],
  });
}

/** Now and then the SDK counts a reference too many when it takes a worker apart, whose work is all done by then. */
function isMiscounted(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Worker still in use: Expected 1 reference');
}
