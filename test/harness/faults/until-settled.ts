import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import pLimit from 'p-limit';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import type { FaultStage } from './fault-stage.ts';

/** Two runs of the housekeeping, with the longest pause between attempts to send. */
const PATIENCE_MS = 330_000;
const POLL_MS = 250;
const DESCRIBED_AT_A_TIME = 8;

/**
 * Waits until each of the portal's users is mailed, and no workflow has an activity or a workflow task to do.
 * @returns how long that took, in milliseconds
 * @throws Error with those that are left when patience ends
 */
export async function untilSettled(stage: FaultStage, slug: string): Promise<number> {
  const startedAt = Date.now();
  for (;;) {
    const left = await unsettled(stage, slug);
    if (left.length === 0) return Date.now() - startedAt;
    if (Date.now() - startedAt > PATIENCE_MS) throw new Error(`Not settled in time: ${left.slice(0, 5).join('; ')}`);
    await sleep(POLL_MS);
  }
}

async function unsettled({ sql, client }: FaultStage, slug: string): Promise<string[]> {
  const users = await sql<{ id: string; email: string; delivery: string; status: string }>(
    `select u.id, c.email, u.delivery, u.confirmation_status as status from portal_users u join contacts c on c.id = u.contact_id join portals p on p.id = u.portal_id where p.slug = $1`,
    [slug],
  );
  const unmailed = users.filter(({ status, delivery }) => status === 'not_confirmed' && delivery !== 'sent');
  if (unmailed.length > 0) return unmailed.map(({ email, delivery }) => `${email} is ${delivery}`);
  const decided = new Map(
    users.filter(({ status }) => status !== 'not_confirmed').map((user) => [`invitation/${user.id}`, user.email]),
  );
  const running: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = 'invitation' and ExecutionStatus = 'Running'`,
  }))
    if (decided.has(workflowId)) running.push(`the workflow of ${decided.get(workflowId)} runs`);
  if (running.length > 0) return running;
  const waiting = users.filter(({ status }) => status === 'not_confirmed');
  const busy = await pLimit(DESCRIBED_AT_A_TIME).map(waiting, async ({ id, email }) =>
    (await isBusy(client, id)) ? [`the workflow of ${email} has something to do`] : [],
  );
  return busy.flat();
}

/** A signal that was accepted may still be on its way to a worker, for the ten seconds of a task that was lost with a connection. */
async function isBusy(client: Client, userId: string): Promise<boolean> {
  try {
    const { status, raw } = await client.workflow.getHandle(invitationWorkflowId(userId)).describe();
    return status.name === 'RUNNING' && Boolean(raw.pendingWorkflowTask || raw.pendingActivities?.length);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
