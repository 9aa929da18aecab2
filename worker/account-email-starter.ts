import type { Client } from '@temporalio/client';
import type { AccountEmailStarter } from '../activities/start-missing-account-emails.ts';
import { accountEmailStartOptions } from '../workflows/start-options.ts';
import { ACCOUNT_EMAIL_WORKFLOW } from '../workflows/vocabulary.ts';

/** Starts the workflow of an e-mail about an account; a running one is left alone. Safe to repeat. */
export function createAccountEmailStarter(client: Client, taskQueue: string): AccountEmailStarter {
  return async (accountEmailId) => {
    await client.workflow.start(ACCOUNT_EMAIL_WORKFLOW, accountEmailStartOptions(taskQueue, accountEmailId));
  };
}
