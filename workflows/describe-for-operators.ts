import { setCurrentDetails } from '@temporalio/workflow';
import type { Step } from './steps.ts';

/** What the workflow's page in the Temporal UI says of the invitation at this moment. Costs no event. */
export function describeForOperators(generation: number, next: Step): void {
  setCurrentDetails(`**Not Confirmed.** Confirmation link ${generation}. Next: ${describe(next)}.`);
}

function describe(next: Step): string {
  switch (next.do) {
    case 'send the e-mail':
      return 'send the invitation e-mail';
    case 'remind':
      return `reminder ${next.number} at ${next.at}; the link expires at ${next.linkExpiresAt}`;
    case 'let the link expire':
      return `the link expires at ${next.at}`;
    case 'wait for a signal':
      return 'nothing until a re-invite or a deactivation; the link has expired';
    case 'stop':
      return 'stop';
  }
}
