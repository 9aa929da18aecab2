import { ActivityFailure, condition, sleep, TimeoutFailure } from '@temporalio/workflow';
import type { InvitationEmailResult } from '../activities/send-invitation-email.ts';
import { recordLinkExpired, sendInvitationEmail } from './activity-policies.ts';
import type { Actor, InvitationOutcome } from './vocabulary.ts';

/** What an invitation does next, unless a signal comes first. Dates are ISO 8601. */
export type Step =
  | { do: 'send the e-mail' }
  | { do: 'remind'; number: number; at: string; linkExpiresAt: string }
  | { do: 'let the link expire'; at: string }
  | { do: 'wait for a signal' }
  | { do: 'stop'; because: InvitationOutcome };

export interface Invited {
  portalUserId: string;
  generation: number;
  requestedBy: Actor | undefined;
}

/** Carries one step out, waiting for its time where it has one, and tells the step after it. */
export async function carryOut(step: Step, { portalUserId, generation, requestedBy }: Invited): Promise<Step> {
  switch (step.do) {
    case 'send the e-mail': {
      const order = { portalUserId, generation, reminder: 0, ...(requestedBy !== undefined && { requestedBy }) };
      const summary = `Invitation e-mail, link ${generation}`;
      return after(0, await sendInvitationEmail.executeWithOptions({ summary }, [order]));
    }
    case 'remind':
      await sleepUntil(step.at, `Reminder ${step.number}, link ${generation}`);
      return remind(step, { portalUserId, generation });
    case 'let the link expire':
      await sleepUntil(step.at, `Link ${generation} expires`);
      await recordLinkExpired({ portalUserId, generation });
      return { do: 'wait for a signal' };
    case 'wait for a signal':
    case 'stop':
      await condition(() => false);
      return step;
  }
}

/** A reminder is tried only as long as its link is good. */
async function remind(
  { number, linkExpiresAt }: Extract<Step, { do: 'remind' }>,
  { portalUserId, generation }: Pick<Invited, 'portalUserId' | 'generation'>,
): Promise<Step> {
  const summary = `Reminder ${number}, link ${generation}`;
  const scheduleToCloseTimeout = Math.max(1, Date.parse(linkExpiresAt) - Date.now());
  try {
    const order = { portalUserId, generation, reminder: number };
    return after(number, await sendInvitationEmail.executeWithOptions({ summary, scheduleToCloseTimeout }, [order]));
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure) {
      return { do: 'let the link expire', at: linkExpiresAt };
    }
    throw error;
  }
}

function after(reminder: number, result: InvitationEmailResult): Step {
  if (result.delivery === 'not_applicable') {
    // Not Confirmed: a later generation is in the row already, and the signal that says so is on its way.
    if (result.confirmationStatus === 'not_confirmed') return { do: 'wait for a signal' };
    return { do: 'stop', because: result.confirmationStatus };
  }
  const { nextReminderAt, linkExpiresAt } = result;
  if (nextReminderAt === null) return { do: 'let the link expire', at: linkExpiresAt };
  return { do: 'remind', number: reminder + 1, at: nextReminderAt, linkExpiresAt };
}

async function sleepUntil(date: string, summary: string): Promise<void> {
  const milliseconds = Date.parse(date) - Date.now();
  if (milliseconds > 0) await sleep(milliseconds, { summary });
}
