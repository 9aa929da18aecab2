import type { History } from '@temporalio/common/lib/proto-utils.js';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import type { FaultStage } from './fault-stage.ts';
import type { Invitee } from './invitees.ts';

export interface InvitationHistory {
  workflowId: string;
  history: History;
}

/** Of the newest run of each invitation. */
export async function historiesOf({ client }: FaultStage, invitees: Invitee[]): Promise<InvitationHistory[]> {
  const histories: InvitationHistory[] = [];
  for (const { id } of invitees) {
    const workflowId = invitationWorkflowId(id);
    histories.push({ workflowId, history: await client.workflow.getHandle(workflowId).fetchHistory() });
  }
  return histories;
}

/** Why workflow tasks failed, one message for each that did. */
export function taskFailures(histories: InvitationHistory[]): string[] {
  return eventsOf(histories).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [failed.failure?.message ?? String(failed.cause)] : [],
  );
}

/** The deployment and the build id that each completed workflow task names. */
export function releasesOf(histories: InvitationHistory[]): string[] {
  return eventsOf(histories).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [`${completed.workerDeploymentName} ${completed.workerVersion?.buildId}`] : [],
  );
}

function eventsOf(histories: InvitationHistory[]) {
  return histories.flatMap(({ history }) => history.events ?? []);
}
