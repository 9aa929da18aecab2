import type { Client } from '@temporalio/client';
import type { BulkActionStarter } from '../activities/start-missing-bulk-actions.ts';
import { bulkActionStartOptions } from '../workflows/start-options.ts';
import { BULK_ACTION_WORKFLOW } from '../workflows/vocabulary.ts';

/** Starts a bulk action's workflow; a running one is left alone. Safe to repeat. */
export function createBulkActionStarter(client: Client, taskQueue: string): BulkActionStarter {
  return async (bulkActionId) => {
    await client.workflow.start(BULK_ACTION_WORKFLOW, bulkActionStartOptions(taskQueue, bulkActionId));
  };
}
