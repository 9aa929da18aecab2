import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
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
