import { Worker } from '@temporalio/worker';
import type { Dependencies } from '../activities/dependencies.ts';
import { createActivities } from '../activities/index.ts';
import { backgroundTaskQueue } from '../workflows/vocabulary.ts';
import type { WorkerSettings } from './create-worker.ts';
import { hideFailureDetails } from './hide-failure-details.ts';
import { releaseOptions } from './release-options.ts';
import { HEARTBEAT_THROTTLE, shutdownTimes } from './worker-limits.ts';

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
