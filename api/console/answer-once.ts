import type { Portal } from '../../db/entities/index.ts';
import { answerOnce as answerOnceWithin } from '../answer-once.ts';
import { Problem, type ProblemCode } from '../problem.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

export { newFormKey } from '../answer-once.ts';

const SAID_OF_REPEATS: Partial<Record<ProblemCode, string>> = {
  idempotency_key_in_use:
    'This form is being carried out at this moment. See what came of it before you send it again.',
  idempotency_key_reused:
    'This form was sent before with something else in it, which was done. Send it once more to do this, too.',
};
/** Where a form says so: a second argument of `formErrors`. */
export const REPEAT_PLACES = { idempotency_key_in_use: 'form', idempotency_key_reused: 'form' };

/** Carries out, once, what a form of the console asks for at a portal, and says in words for operators why it is refused. */
export async function answerOnce<Answer>(
  services: Services,
  portal: Portal,
  formKey: string,
  payload: unknown,
  work: (unit: UnitOfWork) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await answerOnceWithin(services, `${portal.id}/console`, formKey, payload, work);
  } catch (error) {
    const detail = error instanceof Problem && SAID_OF_REPEATS[error.code];
    throw detail ? new Problem(error.code, { detail }) : error;
  }
}
