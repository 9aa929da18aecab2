import { isDeepStrictEqual } from 'node:util';
import { invitationWorkflowId } from '../../../vocabulary/workflows.ts';
import { eventually } from '../eventually.ts';
import type { FaultStage } from './fault-stage.ts';
import type { ModelState } from './invitation-model.ts';
import { openLink } from './invitation-model.ts';
import { addressOf, type Invitee, mailsTo, open } from './invitation-operations.ts';

/** The housekeeping starts what Temporal was not told of. */
const PATIENCE_MS = 150_000;

/**
 * Waits until the record and Temporal are as one of these states says.
 *
 * @returns that state
 * @throws Error with what is seen instead, when patience ends
 */
export async function reach(stage: FaultStage, invitee: Invitee, states: ModelState[]): Promise<ModelState> {
  let seen: Sight | undefined;
  async function state(): Promise<ModelState | undefined> {
    seen = await look(stage, invitee);
    return states.find((one) => isDeepStrictEqual(seen, expectedSight(invitee, one)));
  }
  try {
    return await eventually(state, 'the state', PATIENCE_MS);
  } catch {
    const expected = states.map((one) => expectedSight(invitee, one));
    throw new Error(`expected ${JSON.stringify(expected)}, seen ${JSON.stringify(seen)}`);
  }
}

/** @returns what contradicts the state: the number of e-mails, or what a mailed link shows */
export async function contradictingMails(stage: FaultStage, invitee: Invitee, state: ModelState): Promise<string[]> {
  const mails = mailsTo(stage, invitee);
  if (mails.length !== state.generation) return [`${mails.length} e-mails arrived, expected ${state.generation}`];
  const problems = mails.map(async ({ link }, index) => {
    const [seen, expected] = [await open(link), openLink(state, index + 1)];
    return seen === expected ? [] : [`link ${index + 1} shows ${seen}, expected ${expected}`];
  });
  return (await Promise.all(problems)).flat();
}

interface Sight {
  status: string;
  generation: number;
  email: string;
  delivery: string;
  timeline: string[];
  workflowRuns: boolean;
  /** Whether Temporal waits for no worker. */
  isIdle: boolean;
}

function expectedSight(invitee: Invitee, { status, generation, address, timeline, workflowRuns }: ModelState): Sight {
  const email = addressOf(invitee, address);
  return { status, generation, email, delivery: 'sent', timeline, workflowRuns, isIdle: true };
}

async function look({ sql, client }: FaultStage, { id }: Invitee): Promise<Sight> {
  const [row] = await sql<Omit<Sight, 'workflowRuns' | 'isIdle'>>(
    `select u.confirmation_status as status, u.generation, c.email, u.delivery,
            (select json_agg(e.type order by e.id) from events e where e.portal_user_id = u.id and e.type <> 'portal_enabled') as timeline
     from portal_users u join contacts c on c.id = u.contact_id where u.id = $1`,
    [id],
  );
  const { status, raw } = await client.workflow.getHandle(invitationWorkflowId(id)).describe();
  return {
    ...row!,
    workflowRuns: status.name === 'RUNNING',
    isIdle: !raw.pendingWorkflowTask && !raw.pendingActivities?.length,
  };
}
