import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../workflows/vocabulary.ts';

/** The failure that ends an invitation whose rows were erased: there is nobody left to invite. Never retried. */
export function portalUserErased(portalUserId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Portal user ${portalUserId} does not exist`, FAILURES.portalUserErased);
}
