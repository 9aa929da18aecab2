import type { z } from 'zod';
import {
  type AttachmentsRefused,
  MAX_ATTACHMENT_BYTES,
  MAX_ATTACHMENTS,
  type NewAttachment,
} from '../../commands/requests/check-attachments.ts';
import type { Language } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { isDatabaseDown, statusOf } from '../../web/problem.ts';
import { phrase } from '../show-page.ts';

/** What is wrong with a form, by field, to stand beside it; under `form` what concerns all of it. */
export type FormErrors = Record<string, string>;

/** Of each field the first thing that is wrong with it, in the reader's language. */
export function textErrors(language: Language, error: z.ZodError | undefined): FormErrors {
  const issues = error?.issues ?? [];
  return Object.fromEntries(issues.toReversed().map((issue) => [String(issue.path[0]), describe(language, issue)]));
}

function describe(language: Language, issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small') return phrase(language, 'requests.refused.missing');
  if (issue.code === 'too_big') return phrase(language, 'requests.refused.long', { most: issue.maximum });
  return phrase(language, 'requests.refused.unreadable');
}

/** Why the files of a form are not kept; where they were good, that they must be chosen again, since no browser keeps them. */
export function attachmentErrors(
  language: Language,
  refused: AttachmentsRefused | undefined,
  attachments: NewAttachment[],
): FormErrors {
  if (refused !== undefined) {
    const limits = { most: MAX_ATTACHMENTS, megabytes: MAX_ATTACHMENT_BYTES / 1_000_000 };
    const { refusal, fileName } = refused;
    return { attachments: phrase(language, `requests.refused.${refusal}`, { ...limits, fileName }) };
  }
  return attachments.length > 0 ? { attachments: phrase(language, 'requests.refused.again') } : {};
}

interface FailedForm {
  status: number;
  errors: FormErrors;
  /** Seconds. */
  retryAfter: number | undefined;
}

/** Failures after which a form is shown again, with what was typed. */
const SHOWN_AGAIN = new Set([
  'idempotency_key_in_use',
  'idempotency_key_reused',
  'request_timeout',
  'too_many_uploads',
  'unauthorized',
  'unavailable',
]);

/** What a form says that was sent before, by who is signed out now, or while Postgres is down. Any other error is thrown again. */
export function failureErrors(language: Language, error: unknown): FailedForm {
  const problem = isDatabaseDown(error) ? new Refusal('unavailable') : error;
  if (!(problem instanceof Refusal) || !SHOWN_AGAIN.has(problem.code)) throw error;
  const { reason = problem.code, retryAfter } = problem.details;
  return { status: statusOf(problem), errors: { form: phrase(language, `requests.refused.${reason}`) }, retryAfter };
}
