import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { MAX_CONNECTIONS } from '../activities/email/mailer.ts';
import { createActivities } from '../activities/index.ts';
import { hideFailureDetails } from './hide-failure-details.ts';
import { releaseOptions } from './release-options.ts';
import { HEARTBEAT_THROTTLE, shutdownTimes } from './worker-limits.ts';

/**
 * Workflows kept in memory, about half a megabyte each: those just begun. The others wait for days, and what comes then is
 * replayed first, which takes milliseconds.
 */
const MAX_CACHED_WORKFLOWS = 500;

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** Names the release in the Temporal UI; absent: the package's version. */
  buildId?: string | undefined;
  /** How long e-mails that are being sent at shutdown may take; those left are then cancelled, and sent by another worker. */
  drainSeconds: number;
  /** A ready bundle of the workflows; absent: bundled here, which takes seconds. */
  workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
}

/** A worker for the invitations, ready to run. Any number of them share the work. */
export async function createWorker(dependencies: Dependencies, settings: WorkerSettings): Promise<Worker> {
  const { workflowBundle, drainSeconds, buildId, ...rest } = settings;
  return Worker.create({
    ...rest,
    ...(workflowBundle === undefined
      ? { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
      : { workflowBundle }),
    activities: createActivities(dependencies),
    interceptors: hideFailureDetails,
    ...releaseOptions(buildId),
    maxConcurrentActivityTaskExecutions: MAX_CONNECTIONS,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    ...shutdownTimes(drainSeconds, drainSeconds),
  });
}
