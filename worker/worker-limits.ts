import type { WorkerOptions } from '@temporalio/worker';

/** A cancelled activity learns of it with its next heartbeat: a re-invite stops an e-mail that hangs within this. */
export const HEARTBEAT_THROTTLE = '3 seconds';
/** What cancelled activities need to record where they are. */
const CANCELLED_SECONDS = 3;

/**
 * Activities that run at shutdown may end within `graceSeconds`; then they are cancelled. The worker gives up what still
 * runs `CANCELLED_SECONDS` after `drainSeconds`. A worker with nothing to do stops at once.
 */
export function shutdownTimes(
  graceSeconds: number,
  drainSeconds: number,
): Pick<WorkerOptions, 'shutdownGraceTime' | 'shutdownForceTime'> {
  return {
    shutdownGraceTime: `${graceSeconds} seconds`,
    shutdownForceTime: `${drainSeconds + CANCELLED_SECONDS} seconds`,
  };
}
