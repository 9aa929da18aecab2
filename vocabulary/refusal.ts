/**
 * Why a command does nothing. `code` is the stable name that clients match; everything else is for people. Internal text never
 * gets here. Statuses of HTTP are in `web/problem.ts`.
 */
export const REFUSALS = {
  invalid_request: 'The request is not valid',
  unauthorized: 'A valid API key is needed',
  forbidden: 'This API key may not do that',
  not_found: 'There is nothing at this address',
  method_not_allowed: 'This address does not support that method',
  request_timeout: 'The request body did not arrive in time',
  already_confirmed: 'The portal user has confirmed already',
  not_confirmed: 'The portal user has not confirmed yet',
  deactivated: 'The portal user is deactivated',
  portal_not_open: 'This portal is not open yet',
  operator_exists: 'This person is an operator of the portal already',
  operator_active: 'This operator has accepted the invitation already',
  last_owner: 'A portal keeps at least one owner',
  not_deactivated: 'The portal user is not deactivated',
  portal_user_exists: 'This contact is a portal user already',
  contact_exists: 'There is a contact with this e-mail address already',
  portal_exists: 'There is a portal with this slug already',
  idempotency_key_in_use: 'A call with this Idempotency-Key is still being answered',
  link_not_expired: 'This link has not expired',
  link_superseded: 'A newer link has replaced this one',
  link_expired: 'This link has expired',
  precondition_failed: 'The resource is not the one that If-Match names',
  payload_too_large: 'The request body is too large',
  unsupported_media_type: 'The request body has a media type that is not understood',
  idempotency_key_reused: 'This Idempotency-Key came with another payload before',
  password_not_accepted: 'Operators choose their own password',
  password_refused: 'This password is not good enough',
  re_invite_too_soon: 'The last e-mail was sent only a moment ago',
  re_invite_cap_reached: 'No more re-invites for this person today',
  rate_limited: 'Too many calls',
  too_many_uploads: 'This portal user has sent too much for now',
  too_many_attempts: 'Too many attempts failed',
  internal_error: 'Something went wrong on our side',
  unavailable: 'A part of the service is down at the moment',
} as const;
export type RefusalCode = keyof typeof REFUSALS;

export interface FieldError {
  /** Where in the request: `email`, `ids[3]`, `query.limit`. */
  field: string;
  message: string;
}

interface RefusalDetails {
  /** What to do about it, in one or two sentences. */
  detail?: string;
  /** Seconds, also in the header Retry-After; in a bulk answer each row has its own. */
  retryAfter?: number;
  errors?: FieldError[];
  /** A finer name within the code: `password_too_short`. */
  reason?: string;
  portalUserId?: string;
  contactId?: string;
  operatorId?: string;
}

/** Enough to correct a request by; a hostile one has as many as fit into it. */
const MAX_FIELD_ERRORS = 100;

/** The problem of a request that is not valid, with what is wrong by field. */
export function invalidFields(errors: FieldError[]): Refusal {
  return new Refusal('invalid_request', {
    detail: 'Correct the fields below and try again.',
    errors: errors.slice(0, MAX_FIELD_ERRORS),
  });
}

/** An expected failure: a command throws it, and the HTTP layer presents it as a problem. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    super(details.detail ?? REFUSALS[code]);
    this.code = code;
    this.details = details;
  }

  /** What it is, in a sentence without its point. */
  get title(): string {
    return REFUSALS[this.code];
  }
}

/** Why a mailed link does not work any more. */
export const DEAD_LINKS = ['deactivated', 'link_superseded', 'link_expired'] as const satisfies RefusalCode[];
export type DeadLinkReason = (typeof DEAD_LINKS)[number];

/** The refusal of a link that never works again. */
export class DeadLink extends Refusal {
  constructor(reason: DeadLinkReason, details?: RefusalDetails) {
    super(reason, details);
  }
}

/** Where it happened, not with which values: a database error's message quotes them. */
export function describeUnforeseen(error: unknown) {
  const { name, code, stack } = error as { name?: string; code?: string; stack?: string };
  return { error: name, code, at: stack?.split('\n').filter((line) => line.startsWith('    at ')) };
}
