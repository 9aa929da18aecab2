import type {
  AccountEmailOrder,
  AccountEmailResult,
  PasswordResetOrder,
  PasswordResetResult,
  RequestEmailOrder,
  RequestEmailResult,
  TestEmailOrder,
  TestEmailResult,
} from '../activities/contracts.ts';
import {
  proxyBackgroundActivities,
  sendAccountEmail,
  sendPasswordReset,
  sendRequestEmail,
} from './activity-policies.ts';

/**
 * One e-mail about the account of an operator or a portal user. Its row in Postgres says what is in it and whether it was
 * sent; the activity is retried until the mail server accepts or refuses it, or its link is dead.
 */
export async function accountEmail(order: AccountEmailOrder): Promise<AccountEmailResult> {
  return sendAccountEmail(order);
}

/**
 * One e-mail to who forgot the password. Whose it is, if anybody's, only the activity looks up; it is tried again until the
 * link that it would mail is dead.
 */
export async function passwordReset(order: PasswordResetOrder): Promise<PasswordResetResult> {
  return sendPasswordReset(order);
}

/**
 * One e-mail that tells a portal user of a reply or a new status. Its row in Postgres says what is in it and whether it was
 * sent; the activity waits for the request's earlier e-mails by being tried again, which costs no events.
 */
export async function requestEmail(order: RequestEmailOrder): Promise<RequestEmailResult> {
  return sendRequestEmail(order);
}

/** An operator waits for the answer at a page: whoever needs longer is given up on. */
const WHOLE_TIMEOUT = '30 seconds';
/** A worker that died while sending is noticed within this. */
const HEARTBEAT_TIMEOUT = '10 seconds';

const { sendTestEmail } = proxyBackgroundActivities({
  scheduleToCloseTimeout: WHOLE_TIMEOUT,
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', backoffCoefficient: 2 },
});

/** An invitation e-mail by a portal's settings to one of its operators; the result is what the mail server said, once. */
export async function testEmail(order: TestEmailOrder): Promise<TestEmailResult> {
  return sendTestEmail(order);
}

/** A hundred thousand rows at the pace at which their mails go out. */
const BULK_ACTION_TIMEOUT = '12 hours';
/** A worker that died is noticed within this; another goes on where it was. */
const BULK_HEARTBEAT_TIMEOUT = '15 seconds';
const MAX_INTERVAL = '30 seconds';

const { carryOutBulkAction } = proxyBackgroundActivities({
  startToCloseTimeout: BULK_ACTION_TIMEOUT,
  heartbeatTimeout: BULK_HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: MAX_INTERVAL },
});

/** One action on many portal users. Its rows in Postgres say how far it is, so an attempt goes on where the last one ended. */
export async function bulkAction({ bulkActionId }: { bulkActionId: string }): Promise<void> {
  await carryOutBulkAction({ bulkActionId });
}
