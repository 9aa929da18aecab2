import type { Client } from '@temporalio/client';
import { requestEmailStartOptions } from '../workflows/start-options.ts';
import { REQUEST_EMAIL_WORKFLOW } from '../workflows/vocabulary.ts';
import { taken } from './temporal-deadline.ts';

/** The API's side of the workflows that mail portal users about their requests. */
export interface RequestEmails {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(requestEmailId: string): Promise<void>;
}

/** Starts e-mails about requests, with a deadline. */
export function createRequestEmails(client: Client, taskQueue: string): RequestEmails {
  return {
    async start(requestEmailId) {
      const options = requestEmailStartOptions(taskQueue, requestEmailId);
      await taken(client, () => client.workflow.start(REQUEST_EMAIL_WORKFLOW, options));
    },
  };
}
