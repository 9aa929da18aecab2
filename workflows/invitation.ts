import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { recordOutcome, recordOutcomeLocally } from './activity-policies.ts';
import { describeForOperators } from './describe-for-operators.ts';
import { confirmationStatusAttribute } from './search-attributes.ts';
import { type Decision, listenToSignals, type SignalledState } from './signals.ts';
import { carryOut, type Step } from './steps.ts';
import { unlessInterrupted } from './unless-interrupted.ts';
import type { Actor, ConfirmationStatus } from './vocabulary.ts';

export interface InvitationInput {
  portalUserId: string;
  /** Number of the confirmation link to mail first: 1 for a new portal user, a later one after reactivation. */
  generation: number;
  /** Where an earlier run stopped, when its history had grown too long. */
  continued?: { next: Step; reInvitedBy?: Actor };
}

/**
 * One invitation, from adding the portal user to confirmed or deactivated.
 *
 * It mails the confirmation link, reminds, lets the link expire, and begins anew with every re-invite, until a signal
 * decides: `confirm` or `deactivate`. Then it writes the decision down and ends with it as its result.
 *
 * Only ids, numbers and dates pass through here; the activities look up in Postgres who is invited and by whom.
 */
export async function invitation(input: InvitationInput): Promise<ConfirmationStatus> {
  const signalled = listenToSignals(input.portalUserId, input.generation);
  const inviting = new CancellationScope();

  const decision = await Promise.race([
    condition(() => signalled.decision !== undefined).then(() => signalled.decision!),
    inviting.run(() => invite(input, signalled)),
  ]);

  const status = await writeDown(decision, input.portalUserId, inviting);
  await condition(allHandlersFinished);
  return status;
}

/** Mails and waits, step after step. Returns only if the portal user was confirmed or deactivated behind our back. */
async function invite({ portalUserId, continued }: InvitationInput, signalled: SignalledState): Promise<Decision> {
  let next: Step = continued?.next ?? { do: 'send the e-mail' };
  if (continued?.reInvitedBy !== undefined) signalled.reInvitedBy = continued.reInvitedBy;

  while (signalled.decision === undefined) {
    const { generation } = signalled;
    describeForOperators(generation, next);

    const following = await unlessInterrupted(
      () => signalled.generation !== generation || historyIsLong(),
      () => carryOut(next, { portalUserId, generation, requestedBy: signalled.reInvitedBy }),
    );
    if (following !== 'interrupted') next = following;
    if (signalled.generation !== generation) next = { do: 'send the e-mail' };
    if (next.do === 'stop') return { outcome: next.because, actor: 'temporal' };

    if (historyIsLong()) await continueInNewRun(portalUserId, signalled, next);
  }
  return signalled.decision;
}

/**
 * Confirmation status and event in Postgres: within the workflow task, or, where the database is down, by an activity
 * that is retried until it is back.
 */
async function writeDown({ outcome, actor }: Decision, portalUserId: string, inviting: CancellationScope) {
  let status: ConfirmationStatus;
  try {
    status = await recordOutcomeLocally({ portalUserId, outcome, actor });
  } catch {
    inviting.cancel(); // it may take long: no reminder meanwhile
    status = await recordOutcome({ portalUserId, outcome, actor });
  }
  upsertSearchAttributes([{ key: confirmationStatusAttribute, value: status }]);
  return status;
}

function historyIsLong(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

/** No signal is lost: the server refuses to close this run while it holds one that we have not seen. */
async function continueInNewRun(portalUserId: string, signalled: SignalledState, next: Step): Promise<void> {
  await condition(allHandlersFinished);
  if (signalled.decision !== undefined) return;
  const { generation, reInvitedBy } = signalled;
  await continueAsNew<typeof invitation>({
    portalUserId,
    generation,
    continued: { next, ...(reInvitedBy !== undefined && { reInvitedBy }) },
  });
}
