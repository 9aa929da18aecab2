import type { Client } from '@temporalio/client';
import type { RowWorkflow, RowWorkflows } from '../commands/services.ts';
import {
  ACCOUNT_EMAIL_WORKFLOW,
  accountEmailWorkflowId,
  BULK_ACTION_WORKFLOW,
  bulkActionWorkflowId,
  PASSWORD_RESET_WORKFLOW,
  passwordResetWorkflowId,
  REQUEST_EMAIL_WORKFLOW,
  requestEmailWorkflowId,
} from '../vocabulary/workflows.ts';
import { callWithDeadline } from './connection.ts';
import { ONE_AT_A_TIME } from './start-options.ts';

interface RowWorkflowType {
  type: string;
  workflowId(rowId: string): string;
  /** The workflow's one argument. */
  order(rowId: string): Record<string, string>;
  /** What the Temporal UI calls it. */
  summary(rowId: string): string;
}

const ROW_WORKFLOWS: Record<keyof RowWorkflows, RowWorkflowType> = {
  bulkActions: {
    type: BULK_ACTION_WORKFLOW,
    workflowId: bulkActionWorkflowId,
    order: (bulkActionId) => ({ bulkActionId }),
    summary: (id) => `Bulk action ${id}`,
  },
  requestEmails: {
    type: REQUEST_EMAIL_WORKFLOW,
    workflowId: requestEmailWorkflowId,
    order: (requestEmailId) => ({ requestEmailId }),
    summary: (id) => `E-mail about a request, ${id}`,
  },
  passwordResets: {
    type: PASSWORD_RESET_WORKFLOW,
    workflowId: passwordResetWorkflowId,
    order: (passwordResetRequestId) => ({ passwordResetRequestId }),
    summary: (id) => `E-mail to who forgot the password, ${id}`,
  },
  accountEmails: {
    type: ACCOUNT_EMAIL_WORKFLOW,
    workflowId: accountEmailWorkflowId,
    order: (accountEmailId) => ({ accountEmailId }),
    summary: (id) => `E-mail about an account, ${id}`,
  },
};

/** Starts the workflows that follow rows, each start with a deadline. */
export function createRowWorkflows(client: Client, taskQueue: string): RowWorkflows {
  const create = ({ type, workflowId, order, summary }: RowWorkflowType): RowWorkflow => ({
    async start(rowId) {
      const options = { taskQueue, workflowId: workflowId(rowId), staticSummary: summary(rowId), args: [order(rowId)] };
      await callWithDeadline(client, () => client.workflow.start(type, { ...options, ...ONE_AT_A_TIME }));
    },
  });
  return {
    bulkActions: create(ROW_WORKFLOWS.bulkActions),
    requestEmails: create(ROW_WORKFLOWS.requestEmails),
    passwordResets: create(ROW_WORKFLOWS.passwordResets),
    accountEmails: create(ROW_WORKFLOWS.accountEmails),
  };
}
