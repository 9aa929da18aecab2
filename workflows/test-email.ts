import type { TestEmailAnswer, TestEmailOrder } from '../activities/send-test-email.ts';
import { proxyBackgroundActivities } from './background-activities.ts';

export type { TestEmailAnswer, TestEmailOrder };

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
export async function testEmail(order: TestEmailOrder): Promise<TestEmailAnswer> {
  return sendTestEmail(order);
}
