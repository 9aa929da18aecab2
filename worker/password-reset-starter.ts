import type { Client } from '@temporalio/client';
import type { PasswordResetStarter } from '../activities/start-missing-password-resets.ts';
import { passwordResetStartOptions } from '../workflows/start-options.ts';
import { PASSWORD_RESET_WORKFLOW } from '../workflows/vocabulary.ts';

/** Starts the workflow of an e-mail to who forgot the password; a running one is left alone. Safe to repeat. */
export function createPasswordResetStarter(client: Client, taskQueue: string): PasswordResetStarter {
  return async (passwordResetRequestId) => {
    const options = passwordResetStartOptions(taskQueue, passwordResetRequestId);
    await client.workflow.start(PASSWORD_RESET_WORKFLOW, options);
  };
}
