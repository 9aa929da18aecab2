import type { Logger } from 'pino';
import { AttachmentStoreDown } from '../../db/attachments/attachment-store.ts';
import { Problem } from '../problem.ts';

const RETRY_AFTER_SECONDS = 30;

/**
 * For the `catch` of a call of the attachment store. What the storage said is logged, since it may be a wrong setting.
 *
 * @throws Problem `unavailable` where the store is down; else what was thrown
 */
export function storeProblem(logger: Logger): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AttachmentStoreDown)) throw error;
    logger.warn({ code: error.code }, 'The storage of attachments does not answer, or refuses');
    throw new Problem('unavailable', {
      detail: 'The storage of attachments does not answer at the moment. Try again in a minute.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  };
}
