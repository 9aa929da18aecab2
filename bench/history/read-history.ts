import type { Client } from '@temporalio/client';

/** What a finished workflow cost Temporal. */
export interface HistoryCost {
  events: number;
  bytes: number;
  stateTransitions: number;
  workflowTasks: number;
}

/** Reads what a workflow cost, once it has finished. */
export async function readHistory(client: Client, workflowId: string): Promise<HistoryCost> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.result();
  const { raw } = await handle.describe();
  const { historyLength, historySizeBytes, stateTransitionCount } = raw.workflowExecutionInfo!;
  const { events } = await handle.fetchHistory();
  return {
    events: Number(historyLength),
    bytes: Number(historySizeBytes),
    stateTransitions: Number(stateTransitionCount),
    workflowTasks: events!.filter((event) => event.workflowTaskCompletedEventAttributes).length,
  };
}
