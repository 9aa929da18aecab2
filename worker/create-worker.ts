import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  type ActivityInboundCallsInterceptor,
  type NativeConnection,
  Worker,
  type WorkerInterceptors,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { MAX_CONNECTIONS } from '../activities/mail-server/mailer.ts';
import { backgroundTaskQueue } from '../vocabulary/workflows.ts';

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

/** Short transactions, but for bulk actions and test e-mails, which mostly wait. */
const MAX_ACTIVITIES = 20;
/** All of them go on where they were, so a stopping worker does not wait for a long one. */
const GRACE_SECONDS = 2;

/**
 * A worker for the activities of the background task queue: housekeeping, bulk actions, recording, test e-mails. A mail
 * server that hangs occupies the other task queue's activities only.
 */
export async function createBackgroundWorker(dependencies: Dependencies, settings: WorkerSettings): Promise<Worker> {
  const { connection, namespace, taskQueue, drainSeconds, buildId } = settings;
  return Worker.create({
    ...{ connection, namespace, taskQueue: backgroundTaskQueue(taskQueue) },
    activities: createActivities(dependencies),
    interceptors: hideFailureDetails,
    ...releaseOptions(buildId),
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE,
    ...shutdownTimes(Math.min(GRACE_SECONDS, drainSeconds), drainSeconds),
  });
}

/** As the Temporal UI names what these workers belong to. */
const DEPLOYMENT_NAME = 'portal-invitations';
const PACKAGE_VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/**
 * Reports the release of a worker to Temporal. Tasks are not routed by it: every release takes every task (patches keep
 * workflows compatible), and no operator has to name a current version before work is done.
 */
function releaseOptions(buildId = PACKAGE_VERSION): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const version = { deploymentName: DEPLOYMENT_NAME, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: false } };
}

/** A cancelled activity learns of it with its next heartbeat: a re-invite stops an e-mail that hangs within this. */
const HEARTBEAT_THROTTLE = '3 seconds';
/** What cancelled activities need to record where they are. */
const CANCELLED_SECONDS = 3;

/**
 * Activities that run at shutdown may end within `graceSeconds`; then they are cancelled. The worker gives up what still
 * runs `CANCELLED_SECONDS` after `drainSeconds`. A worker with nothing to do stops at once.
 */
function shutdownTimes(
  graceSeconds: number,
  drainSeconds: number,
): Pick<WorkerOptions, 'shutdownGraceTime' | 'shutdownForceTime'> {
  return {
    shutdownGraceTime: `${graceSeconds} seconds`,
    shutdownForceTime: `${drainSeconds + CANCELLED_SECONDS} seconds`,
  };
}

/** Failures that were written for Temporal's eyes. */
const SAFE_FAILURES = [ApplicationFailure, CancelledFailure];

const hideDetails: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    try {
      return await next(input);
    } catch (error) {
      if (SAFE_FAILURES.some((kind) => error instanceof kind)) throw error;
      const { name, code } = error as { name: string; code?: string };
      throw ApplicationFailure.retryable(`${name}${code === undefined ? '' : ` (${code})`}`, name);
    }
  },
};

/**
 * Keeps personal data out of workflow histories: a database error quotes the statement with its values, so of an
 * unforeseen error only its name and code cross to Temporal.
 */
const hideFailureDetails: WorkerInterceptors = { activity: [() => ({ inbound: hideDetails })] };
