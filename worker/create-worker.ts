import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { hideFailureDetails } from './hide-failure-details.ts';

/** E-mails and records in work at a time; the mailer has as many connections. */
const MAX_ACTIVITIES = 20;
/**
 * Workflows kept in memory, about half a megabyte each: those just begun. The others wait for days, and what comes then is
 * replayed first, which takes milliseconds.
 */
const MAX_CACHED_WORKFLOWS = 500;
/** What runs at shutdown may end within this; then it is cancelled, and within the second limit given up. */
const SHUTDOWN_GRACE_TIME = '2 seconds';
const SHUTDOWN_FORCE_TIME = '3 seconds';

/** As the Temporal UI names what these workers belong to. */
const DEPLOYMENT_NAME = 'portal-invitations';
const PACKAGE_VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

export interface WorkerSettings {
  connection: NativeConnection;
  namespace: string;
  taskQueue: string;
  /** Names the release in the Temporal UI; absent: the package's version. */
  buildId?: string | undefined;
  /** A ready bundle of the workflows; absent: bundled here, which takes seconds. */
  workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
}

/** A worker for the invitations, ready to run. Any number of them share the work. */
export async function createWorker(dependencies: Dependencies, settings: WorkerSettings): Promise<Worker> {
  const { workflowBundle, buildId = PACKAGE_VERSION, ...rest } = settings;
  return Worker.create({
    ...rest,
    ...(workflowBundle === undefined
      ? { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
      : { workflowBundle }),
    activities: createActivities(dependencies),
    interceptors: hideFailureDetails,
    // Reported, not routed by: every release takes every task (patches see to the rest), and no operator has to name a
    // current version before work is done.
    workerDeploymentOptions: { version: { deploymentName: DEPLOYMENT_NAME, buildId }, useWorkerVersioning: false },
    maxConcurrentActivityTaskExecutions: MAX_ACTIVITIES,
    maxCachedWorkflows: MAX_CACHED_WORKFLOWS,
    shutdownGraceTime: SHUTDOWN_GRACE_TIME,
    shutdownForceTime: SHUTDOWN_FORCE_TIME,
  });
}
