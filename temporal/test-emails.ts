import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { TestEmailOrder, TestEmailResult } from '../activities/contracts.ts';
import { TEST_EMAIL_WORKFLOW, testEmailWorkflowId } from '../vocabulary/workflows.ts';
import { callWithDeadline, isTemporalDown } from './connection.ts';

/** A mail server that hangs is given up on within this; by then no worker takes the order any more. */
const GIVE_UP_AFTER_MS = 30_000;

/** The API's side of test e-mails. */
export interface TestEmails {
  /**
   * Has a worker mail an operator what the portal's users get, and waits for what the mail server says; `unknown` where that
   * takes too long. Only one is sent at a time: while it is on its way, another call waits for the same answer.
   *
   * @throws Refusal `unavailable` where Temporal is down
   */
  send(order: TestEmailOrder): Promise<TestEmailResult | { kind: 'unknown' }>;
}

/** @param giveUpAfterMs how long a mail server, or a worker, may take */
export function createTestEmails(client: Client, taskQueue: string, giveUpAfterMs = GIVE_UP_AFTER_MS): TestEmails {
  return {
    async send(order) {
      const workflowId = testEmailWorkflowId(order.operatorId, order.portalId, `${order.kind}/${order.language}`);
      const handle = await callWithDeadline(client, () =>
        client.workflow.start(TEST_EMAIL_WORKFLOW, {
          workflowId,
          taskQueue,
          args: [order],
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowRunTimeout: giveUpAfterMs,
          staticSummary: `Test e-mail to operator ${order.operatorId}`,
        }),
      );
      try {
        return await client.withDeadline(Date.now() + giveUpAfterMs, () => handle.result());
      } catch (error) {
        if (isTemporalDown(error) || error instanceof WorkflowFailedError) return { kind: 'unknown' };
        throw error;
      }
    },
  };
}
