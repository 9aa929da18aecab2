import type { Client } from '@temporalio/client';
import { passwordResetStartOptions } from '../workflows/start-options.ts';
import { PASSWORD_RESET_WORKFLOW } from '../workflows/vocabulary.ts';
import { taken } from './temporal-deadline.ts';

/** The API's side of the e-mails to who forgot the password. */
export interface PasswordResets {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(passwordResetRequestId: string): Promise<void>;
}

/** Starts e-mails to who forgot the password, with a deadline. */
export function createPasswordResets(client: Client, taskQueue: string): PasswordResets {
  return {
    async start(passwordResetRequestId) {
      const options = passwordResetStartOptions(taskQueue, passwordResetRequestId);
      await taken(client, () => client.workflow.start(PASSWORD_RESET_WORKFLOW, options));
    },
  };
}
