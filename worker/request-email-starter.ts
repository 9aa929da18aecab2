import type { Client } from '@temporalio/client';
import type { RequestEmailStarter } from '../activities/start-missing-request-emails.ts';
import { requestEmailStartOptions } from '../workflows/start-options.ts';
import { REQUEST_EMAIL_WORKFLOW } from '../workflows/vocabulary.ts';

/** Starts the workflow of an e-mail about a request; a running one is left alone. Safe to repeat. */
export function createRequestEmailStarter(client: Client, taskQueue: string): RequestEmailStarter {
  return async (requestEmailId) => {
    await client.workflow.start(REQUEST_EMAIL_WORKFLOW, requestEmailStartOptions(taskQueue, requestEmailId));
  };
}
