import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  sleep,
  TimeoutFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { InvitationEmailResult } from '../activities/contracts.ts';
import type { ConfirmationStatus } from '../vocabulary/statuses.ts';
import { confirmationStatusAttribute, type Link } from '../vocabulary/workflows.ts';
import {
  recordDeactivation,
  recordDeactivationLocally,
  recordLinkExpired,
  recordOutcome,
  recordOutcomeLocally,
  sendInvitationEmail,
} from './activity-policies.ts';
import {
  type Decision,
  followRecord,
  linkAfterDecision,
  listenToSignals,
  type SignalledState,
  tellOperators,
} from './handle-signals.ts';
import { unlessInterrupted } from './unless-interrupted.ts';

/**
 * One invitation, from adding the portal user to confirmed or deactivated.
 *
 * It follows a confirmation link: mails it, reminds of it, lets it expire. Every re-invite begins anew with another link,
 * until a signal decides: `confirm` or `deactivate`. The decision is recorded, and is the result; a `deactivate` that comes
 * after a `confirm` is recorded after it. Cancelled by hand, it ends without a decision and leaves the row as it is. Where the record
 * has a newer link once the decision is recorded, and a re-invite came for it, a new run goes on with that link.
 *
 * Only ids, numbers and dates pass through here; the activities look up in Postgres who is invited, and to what.
 */
export async function invitation(firstLink: Link): Promise<ConfirmationStatus> {
  const signalled = listenToSignals(firstLink);
  const inviting = new CancellationScope();
  const whole = CancellationScope.current();
  try {
    const decision = await Promise.race([
      condition(() => signalled.decision !== undefined).then(() => signalled.decision!),
      inviting.run(() => followEveryLink(signalled)),
    ]);
    signalled.decision ??= decision;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    if (signalled.decision === undefined) throw error; // the row stays as it is
  }
  return CancellationScope.nonCancellable(async () => {
    const { status, nextLink } = await conclude(signalled, inviting);
    if (nextLink === undefined || whole.consideredCancelled) return status;
    upsertSearchAttributes([{ key: confirmationStatusAttribute, value: 'not_confirmed' }]);
    return continueAsNew<typeof invitation>(nextLink); // not in this run: a reset of it would take the decision again
  });
}

/** Mails one link, reminds of it and lets it expire. A re-invite or a decision comes in between, or is all that is left. */
async function followLink(signalled: SignalledState): Promise<Decision> {
  const { link } = signalled;
  const { portalUserId, generation } = link;
  tellOperators(link, 'the invitation e-mail is being sent');
  let email: InvitationEmailResult | OutOfTime = await mail(link);
  if (email.delivery !== 'not_applicable') signalled.mailedGeneration = generation;

  for (let reminder = 1; email.delivery !== 'not_applicable' && email.nextReminderAt !== null; ) {
    tellOperators(link, `reminder ${reminder} at ${email.nextReminderAt}`);
    await sleepUntil(email.nextReminderAt, `Reminder ${reminder}, link ${generation}`);
    email = await remind(link, reminder, email.linkExpiresAt);
    if (email.delivery !== 'not_due') reminder += 1; // else the portal's reminders were changed: this one comes later
  }

  if (email.delivery !== 'not_applicable') {
    tellOperators(link, `the link expires at ${email.linkExpiresAt}`);
    await sleepUntil(email.linkExpiresAt, `Link ${generation} expires`);
    const olderRecord = await recordLinkExpired({ portalUserId, generation });
    if (olderRecord) followRecord(signalled, link, olderRecord);
  } else if (email.confirmationStatus !== 'not_confirmed') {
    return { outcome: email.confirmationStatus, actor: 'temporal' }; // the row has it already, from an earlier run
  } else if (email.olderRecord) {
    followRecord(signalled, link, email.olderRecord);
  }
  // Not Confirmed and no e-mail due: the link has expired, or the row has a newer one, of which the API's signal is on
  // its way (the housekeeping's, should the API have died).
  tellOperators(link, 'nothing until a re-invite or a deactivation');
  return forever();
}

/** The newest link, and the next one whenever a signal asks for it. */
async function followEveryLink(signalled: SignalledState): Promise<Decision> {
  while (signalled.decision === undefined) {
    const { link } = signalled;
    const end = await unlessInterrupted(
      () => signalled.link !== link || workflowInfo().continueAsNewSuggested,
      () => followLink(signalled),
    );
    if (end !== 'interrupted') return end;
    if (workflowInfo().continueAsNewSuggested) await continueInNewRun(signalled);
  }
  return signalled.decision;
}

function mail(link: Link): Promise<InvitationEmailResult> {
  const summary = `Invitation e-mail, link ${link.generation}`;
  return sendInvitationEmail.executeWithOptions({ summary }, [{ ...link, reminder: 0 }]);
}

/** A reminder is tried only as long as its link is good; what remains then is the link's expiry. */
async function remind(link: Link, reminder: number, linkExpiresAt: string): Promise<InvitationEmailResult | OutOfTime> {
  const summary = `Reminder ${reminder}, link ${link.generation}`;
  const scheduleToCloseTimeout = Math.max(1, Date.parse(linkExpiresAt) - Date.now());
  try {
    return await sendInvitationEmail.executeWithOptions({ summary, scheduleToCloseTimeout }, [{ ...link, reminder }]);
  } catch (error) {
    if (!isOutOfTime(error)) throw error;
    return { delivery: 'out_of_time', linkExpiresAt, nextReminderAt: null };
  }
}

/** What is known of a reminder that was not accepted while its link was good. */
interface OutOfTime {
  delivery: 'out_of_time';
  linkExpiresAt: string;
  nextReminderAt: null;
}

/** The server gives up with the last failure as soon as another retry would come too late. */
function isOutOfTime(error: unknown): boolean {
  return error instanceof ActivityFailure && (error.retryState === 'TIMEOUT' || error.cause instanceof TimeoutFailure);
}

async function sleepUntil(date: string, summary: string): Promise<void> {
  const milliseconds = Date.parse(date) - Date.now();
  if (milliseconds > 0) await sleep(milliseconds, { summary });
}

function forever(): Promise<never> {
  return condition(() => false) as Promise<never>;
}

/** How an invitation ended. */
interface Conclusion {
  /** What the row said when the last decision was recorded. */
  status: ConfirmationStatus;
  /** Newer than the one that was followed: a new run goes on with it. */
  nextLink?: Link;
}

/** Records the decision, after a confirmation the deactivation that came since, and what became of re-invites that came since. */
async function conclude(signalled: SignalledState, inviting: CancellationScope): Promise<Conclusion> {
  const { link, decision } = signalled;
  const { portalUserId } = link;
  const outcome = { ...link, ...decision! };
  let status = await record(link, inviting, recordOutcomeLocally, recordOutcome, outcome);
  await condition(allHandlersFinished);

  let isDeactivated = false;
  let nextLink: Link | undefined;
  for (;;) {
    const { deactivatedBy } = signalled;
    if (deactivatedBy !== undefined && !isDeactivated) {
      isDeactivated = true;
      const deactivation = { portalUserId, actor: deactivatedBy };
      status = await record(link, inviting, recordDeactivationLocally, recordDeactivation, deactivation);
    } else {
      const late = signalled.lateReInvites.shift();
      if (late === undefined) return { status, ...(nextLink && { nextLink }) };
      nextLink = (await linkAfterDecision(nextLink ?? link, late)) ?? nextLink;
    }
    await condition(allHandlersFinished);
  }
}

/**
 * Confirmation status and event in Postgres. Within the workflow task, where it costs least; the timer that may be running
 * is left alone then, since cancelling it would cost an event. Or, where Postgres is down, by an activity that is retried
 * until it is back, and nothing is mailed meanwhile.
 */
async function record<Order>(
  link: Link,
  inviting: CancellationScope,
  locally: (order: Order) => Promise<ConfirmationStatus>,
  patiently: (order: Order) => Promise<ConfirmationStatus>,
  order: Order,
): Promise<ConfirmationStatus> {
  let status: ConfirmationStatus;
  try {
    status = await locally(order);
  } catch {
    inviting.cancel();
    status = await patiently(order);
  }
  upsertSearchAttributes([{ key: confirmationStatusAttribute, value: status }]);
  tellOperators(link, 'nothing', status);
  return status;
}

/**
 * Keeps the history short. The new run begins with the current link: what was mailed is not mailed again, since Postgres
 * remembers. No signal is lost: the server does not close this run while it holds one that we have not seen.
 */
async function continueInNewRun(signalled: SignalledState): Promise<void> {
  await condition(allHandlersFinished);
  if (signalled.decision === undefined) await continueAsNew<typeof invitation>(signalled.link);
}
