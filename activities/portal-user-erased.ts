import { ApplicationFailure } from '@temporalio/common';
import { FAILURES } from '../workflows/vocabulary.ts';

/** Not retryable: there is nobody left to invite. */
export function portalUserErased(portalUserId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Portal user ${portalUserId} does not exist`, FAILURES.portalUserErased);
}
