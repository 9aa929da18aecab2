import { setTimeout as sleep } from 'node:timers/promises';
import type { Client as Temporal } from '@temporalio/client';
import type { Client as Postgres } from 'pg';
import { INVITATION_WORKFLOW } from '../../vocabulary/workflows.ts';

const LOOK_EVERY_MS = 200;
const LOOK_LIMIT_MS = 20_000;

/** Waits until both databases have as many pending invitations, each mailed, its workflow running. @throws Error where they never do */
export async function requirePending(postgres: Postgres, temporal: Temporal, expected: number): Promise<void> {
  const giveUpAt = performance.now() + LOOK_LIMIT_MS;
  for (;;) {
    const { rows } = await postgres.query<{ count: number }>(
      `select count(*)::int from portal_users where confirmation_status = 'not_confirmed' and delivery = 'sent'`,
    );
    const query = `WorkflowType = '${INVITATION_WORKFLOW}' and ExecutionStatus = 'Running'`;
    const [mailed, running] = [rows[0]!.count, (await temporal.workflow.count(query)).count];
    if (mailed === expected && running === expected) return;
    if (performance.now() > giveUpAt) {
      throw new Error(`Of ${expected} invitations ${mailed} are mailed and pending, and ${running} workflows run.`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
