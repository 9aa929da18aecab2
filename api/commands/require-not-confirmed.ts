import type { PortalUser } from '../../db/entities/index.ts';
import type { InvitationOutcome } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';

/** Why nothing more is done to an invitation that has ended. */
export function decidedProblem(outcome: InvitationOutcome): Problem {
  return outcome === 'confirmed'
    ? new Problem('already_confirmed')
    : new Problem('deactivated', { detail: 'Reactivate the portal user first.' });
}

/** @throws Problem `already_confirmed` or `deactivated` */
export function requireNotConfirmed({ confirmationStatus }: PortalUser): void {
  if (confirmationStatus !== 'not_confirmed') throw decidedProblem(confirmationStatus as InvitationOutcome);
}
