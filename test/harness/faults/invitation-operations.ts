import { randomUUID } from 'node:crypto';
import { isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import type { ApiClient } from '../api-client.ts';
import type { SunkMail } from '../mail-sink.ts';
import type { FaultStage } from './fault-stage.ts';
import { DONE, NO_WORKFLOW, type Operation } from './invitation-model.ts';

/** An invitation that operations are done on. */
export interface Invitee {
  id: string;
  /** What each of its addresses begins with. */
  name: string;
}

/** There is no e-mail yet, or never will be, whose link could be used. */
export const NO_LINK = 'no link';

export async function invite(users: ApiClient, name: string): Promise<Invitee> {
  const { body } = await users.post('', { email: addressOf({ name }, 0), name }).expecting(201);
  return { id: body.id, name };
}

/** The address that the operation of this number gives the invitee; 0: the first. */
export function addressOf({ name }: Pick<Invitee, 'name'>, number: number): string {
  return `${name}.${number}@example.com`;
}

/** Does it. @returns what the caller was told, in the words of `Step.answers` */
export async function perform(
  stage: FaultStage,
  users: ApiClient,
  invitee: Invitee,
  operation: Operation,
): Promise<string> {
  const workflow = stage.client.workflow.getHandle(invitationWorkflowId(invitee.id));
  switch (operation.name) {
    case 'confirm by the newest link':
      return confirm(mailsTo(stage, invitee).at(-1));
    case 'confirm by the first link':
      return confirm(mailsTo(stage, invitee)[0]);
    case 're-invite':
    case 'deactivate':
    case 'reactivate':
      return told(await users.post(`/${invitee.id}/${operation.name}`));
    case 'correct the address':
      return told(await users.patch(`/${invitee.id}`, { email: addressOf(invitee, operation.number) }));
    case 'signal confirm':
    case 'signal reInvite':
    case 'signal deactivate':
      return byHand(() => workflow.signal(operation.name.slice('signal '.length)));
    case 'terminate':
      return byHand(() => workflow.terminate('by hand'));
    case 'cancel':
      return byHand(() => workflow.cancel());
    case 'reset':
      return byHand(() => reset(stage, workflow));
  }
}

/** All that reached the mail server for the invitee, in the order of arrival. */
export function mailsTo({ sink }: FaultStage, { name }: Invitee): SunkMail[] {
  return sink.mails.filter(({ recipients }) => recipients[0]!.startsWith(`${name}.`));
}

/** What opening a link shows. */
export async function open(link: string): Promise<string> {
  const response = await fetch(link, { headers: { accept: 'application/json' } });
  return told({ status: response.status, body: (await response.json()) as ProblemBody });
}

interface ProblemBody {
  code?: string;
}

async function confirm(mail: SunkMail | undefined): Promise<string> {
  if (mail === undefined) return NO_LINK;
  const headers = { 'sec-fetch-site': 'same-origin', accept: 'application/json' };
  const body = new URLSearchParams({ email: mail.recipients[0]! });
  const response = await fetch(mail.link, { method: 'POST', headers, body, redirect: 'manual' });
  return told({ status: response.status, body: (await response.json()) as ProblemBody });
}

function told({ status, body }: { status: number; body: ProblemBody }): string {
  return body.code === undefined ? String(status) : `${status} ${body.code}`;
}

async function byHand(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return DONE;
  } catch (error) {
    if ((error as Error).name === NO_WORKFLOW) return NO_WORKFLOW;
    if (isGrpcServiceError(error)) return error.details; // Temporal resets no run that has just begun or is just ending
    throw error;
  }
}

/** To the end of its first workflow task, as the Temporal UI offers it. What signalled it since then is taken again. */
async function reset({ client }: FaultStage, workflow: WorkflowHandle): Promise<void> {
  const { runId } = await workflow.describe();
  const { events } = await client.workflow.getHandle(workflow.workflowId, runId).fetchHistory();
  const firstTask = events?.find(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: workflow.workflowId, runId },
    workflowTaskFinishEventId: firstTask?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'by hand',
  });
}
