import { setInterval } from 'node:timers/promises';
import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import type { housekeeping } from '../workflows/housekeeping.ts';

/** How long an invitation that was added while Temporal was down may wait once it is back. */
const DEFAULT_INTERVAL = '1 minute';
/** Longer than catching up takes. A run that cannot go on, such as one of an earlier version, does not block those to come. */
const RUN_TIMEOUT = '30 minutes';
/** A run that was missed is made up for by the next. */
const CATCHUP_WINDOW = '1 minute';

/** One for each task queue. */
export function housekeepingScheduleId(taskQueue: string): string {
  return `housekeeping/${taskQueue}`;
}

/** Has Temporal run the housekeeping of this task queue, now and then at every interval. Safe to repeat, and from several workers. */
export async function scheduleHousekeeping(
  client: Client,
  taskQueue: string,
  every: Duration = DEFAULT_INTERVAL,
): Promise<void> {
  const scheduleId = housekeepingScheduleId(taskQueue);
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
      action: {
        type: 'startWorkflow',
        workflowType: 'housekeeping' satisfies (typeof housekeeping)['name'],
        workflowId: scheduleId,
        taskQueue,
        workflowRunTimeout: RUN_TIMEOUT,
        args: [],
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await client.schedule.getHandle(scheduleId).trigger();
}

const CHECK_INTERVAL_MS = 30_000;

export interface HousekeepingToKeep {
  client: Client;
  connection: Pick<NativeConnection, 'operatorService'>;
  namespace: string;
  taskQueue: string;
  logger: Pick<Logger, 'warn'>;
  /** How often it is to run; absent: as usual. */
  every?: Duration;
  checkIntervalMs?: number;
}

/**
 * Looks now and then whether Temporal has the housekeeping's schedule, and restores it, with the search attributes, where it
 * is missing: Temporal's data may be lost while this worker runs. A schedule that an operator has paused stays paused.
 *
 * @returns a function that ends it
 */
export function keepHousekeeping(options: HousekeepingToKeep): () => Promise<void> {
  const { logger, checkIntervalMs = CHECK_INTERVAL_MS } = options;
  const ending = new AbortController();
  const keeping = async () => {
    for await (const _ of setInterval(checkIntervalMs, undefined, { signal: ending.signal, ref: false })) {
      await restoreMissing(options).catch((error: Error) => {
        logger.warn(`Could not look for the schedule of the housekeeping: ${error.message}`);
      });
    }
  };
  const kept = keeping().catch(() => {}); // the interval rejects when it is ended
  return async () => {
    ending.abort();
    await kept;
  };
}

async function restoreMissing(options: HousekeepingToKeep): Promise<void> {
  const { client, connection, namespace, taskQueue, every, logger } = options;
  try {
    await client.schedule.getHandle(housekeepingScheduleId(taskQueue)).describe();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await registerSearchAttributes(connection, namespace);
    await scheduleHousekeeping(client, taskQueue, every);
    logger.warn('Temporal did not have the schedule of the housekeeping: it is in place again');
  }
}
