import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** Catching up after a long outage; a heartbeat tells a dead worker from a busy one. */
const CATCH_UP_TIMEOUT = '10 minutes';
const HEARTBEAT_TIMEOUT = '30 seconds';

const { startMissingInvitations, forgetOldAnswers } = proxyActivities<Activities>({
  startToCloseTimeout: CATCH_UP_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { maximumAttempts: 3 }, // the schedule comes back anyway
});

/** What a schedule has done every minute: invitations that were added while Temporal was down are started. */
export async function housekeeping(): Promise<{ started: number }> {
  await forgetOldAnswers();
  return { started: await startMissingInvitations() };
}
