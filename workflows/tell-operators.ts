import { setCurrentDetails } from '@temporalio/workflow';
import type { Link } from './signals.ts';
import type { ConfirmationStatus } from './vocabulary.ts';

const NAMES: Record<ConfirmationStatus, string> = {
  not_confirmed: 'Not Confirmed',
  confirmed: 'Confirmed',
  deactivated: 'Deactivated',
};

/** What the workflow's page in the Temporal UI says of the invitation from now on. Costs no event. */
export function tellOperators(link: Link, next: string, status: ConfirmationStatus = 'not_confirmed'): void {
  setCurrentDetails(`**${NAMES[status]}.** Confirmation link ${link.generation}. Next: ${next}.`);
}
