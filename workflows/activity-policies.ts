/**
 * The activities as workflows call them, each with its limits. Retries are Temporal's: they outlast outages of the mail
 * server and of Postgres, however long.
 */
import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/contracts.ts';
import { backgroundTaskQueue, SEND_MAX_INTERVAL_SECONDS } from '../vocabulary/workflows.ts';

/** Above each of the mailer's own timeouts, which are those of RFC 5321, section 4.5.3.2. */
const SEND_TIMEOUT = '30 minutes';
/** A worker that died while sending is noticed within this, however long the attempt may take. */
const SEND_HEARTBEAT_TIMEOUT = '10 seconds';
/** One short transaction. */
const RECORD_TIMEOUT = '10 seconds';
const RECORD_MAX_INTERVAL = '30 seconds';
/** Within one workflow task (10 s); a database that is down is then left to a regular activity, whose retries cost no events. */
const LOCAL_RECORD_LIMIT = '3 seconds';

/** Regular, never local: a crash of the worker would send again. A cancelled attempt is waited for, so that two never overlap. */
export const { sendInvitationEmail, sendRequestEmail, sendPasswordReset, sendAccountEmail } =
  proxyActivities<Activities>({
    startToCloseTimeout: SEND_TIMEOUT,
    heartbeatTimeout: SEND_HEARTBEAT_TIMEOUT,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: SEND_MAX_INTERVAL_SECONDS * 1_000 },
  });

export const { recordLinkExpired, recordIgnoredSignal, recordOutcome, recordDeactivation } = proxyBackgroundActivities({
  startToCloseTimeout: RECORD_TIMEOUT,
  retry: { initialInterval: '500 milliseconds', backoffCoefficient: 2, maximumInterval: RECORD_MAX_INTERVAL },
});

/** The same, run inside the workflow task: one event instead of three and no second task. */
export const { recordOutcome: recordOutcomeLocally, recordDeactivation: recordDeactivationLocally } =
  proxyLocalActivities<Activities>({
    scheduleToCloseTimeout: LOCAL_RECORD_LIMIT,
    retry: { maximumAttempts: 2, initialInterval: '200 milliseconds' },
  });

type BackgroundActivities = Omit<
  Activities,
  'sendInvitationEmail' | 'sendRequestEmail' | 'sendPasswordReset' | 'sendAccountEmail'
>;

/**
 * All activities but the sends that wait minutes for a slow mail server. They have a task queue of their own, so that a mail
 * server that hangs does not hold them up. Its name follows that of the workflow's task queue, which is known only while a workflow runs.
 */
export function proxyBackgroundActivities(options: ActivityOptions): ActivityInterfaceFor<BackgroundActivities> {
  return new Proxy({} as ActivityInterfaceFor<BackgroundActivities>, {
    get:
      (_target, name: keyof BackgroundActivities) =>
      (...args: never[]) => {
        const taskQueue = backgroundTaskQueue(workflowInfo().taskQueue);
        const activity = proxyActivities<BackgroundActivities>({ ...options, taskQueue })[name] as CallableFunction;
        return activity(...args);
      },
  });
}
