import type { Client } from '@temporalio/client';
import { bulkActionStartOptions } from '../workflows/start-options.ts';
import { BULK_ACTION_WORKFLOW } from '../workflows/vocabulary.ts';
import { taken } from './temporal-deadline.ts';

/** The API's side of the bulk actions' workflows. */
export interface BulkActions {
  /** Starts the workflow. Safe to repeat. @throws Problem `unavailable` */
  start(bulkActionId: string): Promise<void>;
}

/** Starts bulk actions, with a deadline. */
export function createBulkActions(client: Client, taskQueue: string): BulkActions {
  return {
    async start(bulkActionId) {
      const options = bulkActionStartOptions(taskQueue, bulkActionId);
      await taken(client, () => client.workflow.start(BULK_ACTION_WORKFLOW, options));
    },
  };
}
