import type { Client } from '@temporalio/client';
import { accountEmailStartOptions } from '../workflows/start-options.ts';
import { ACCOUNT_EMAIL_WORKFLOW } from '../workflows/vocabulary.ts';
import { taken } from './temporal-deadline.ts';

/** The API's side of the e-mails about accounts. */
export interface AccountEmails {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(accountEmailId: string): Promise<void>;
}

/** Starts e-mails about accounts, with a deadline. */
export function createAccountEmails(client: Client, taskQueue: string): AccountEmails {
  return {
    async start(accountEmailId) {
      const options = accountEmailStartOptions(taskQueue, accountEmailId);
      await taken(client, () => client.workflow.start(ACCOUNT_EMAIL_WORKFLOW, options));
    },
  };
}
