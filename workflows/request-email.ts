import type { RequestEmailOrder, RequestEmailResult } from '../activities/send-request-email.ts';
import { sendRequestEmail } from './activity-policies.ts';

/**
 * One e-mail that tells a portal user of a reply or a new status. Its row in Postgres says what is in it and whether it was
 * sent; the activity waits for the request's earlier e-mails by being tried again, which costs no events.
 */
export async function requestEmail(order: RequestEmailOrder): Promise<RequestEmailResult> {
  return sendRequestEmail(order);
}
