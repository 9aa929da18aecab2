import { proxyBackgroundActivities } from './activity-policies.ts';

/** Catching up after a long outage; a heartbeat tells a dead worker from a busy one. */
const CATCH_UP_TIMEOUT = '10 minutes';
const HEARTBEAT_TIMEOUT = '30 seconds';
const ERASING_TIMEOUT = '1 minute';

const {
  startMissingInvitations,
  startMissingBulkActions,
  startMissingRequestEmails,
  startMissingPasswordResets,
  startMissingAccountEmails,
  forgetOldAnswers,
  forgetExpiredSessions,
} = proxyBackgroundActivities({
  startToCloseTimeout: CATCH_UP_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { maximumAttempts: 3 }, // the schedule comes back anyway
});

/** Once, and not for long: the storage may be down, and the next run is not to wait for it. */
const { eraseUnownedObjects } = proxyBackgroundActivities({
  startToCloseTimeout: ERASING_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { maximumAttempts: 1 },
});

/**
 * What a schedule has done every minute: what was asked for while Temporal was down is started, and what is over is
 * forgotten. One that fails keeps no other from its work.
 */
export async function housekeeping(): Promise<{ started: number }> {
  const [started, ...others] = await Promise.allSettled([
    startMissingInvitations(),
    startMissingBulkActions(),
    startMissingRequestEmails(),
    startMissingPasswordResets(),
    startMissingAccountEmails(),
    forgetOldAnswers(),
    forgetExpiredSessions(),
    eraseUnownedObjects(),
  ]);
  if (started.status === 'rejected') throw started.reason;
  for (const other of others) if (other.status === 'rejected') throw other.reason;
  return { started: started.value };
}
