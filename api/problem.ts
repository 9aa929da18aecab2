/**
 * RFC 9457 problems. `code` is the stable name that clients match; everything else is for people. Internal text never
 * gets here.
 */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  forbidden: { status: 403, title: 'This API key may not do that' },
  not_found: { status: 404, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, title: 'This address does not support that method' },
  request_timeout: { status: 408, title: 'The request body did not arrive in time' },
  already_confirmed: { status: 409, title: 'The portal user has confirmed already' },
  not_confirmed: { status: 409, title: 'The portal user has not confirmed yet' },
  deactivated: { status: 409, title: 'The portal user is deactivated' },
  portal_not_open: { status: 403, title: 'This portal is not open yet' },
  operator_exists: { status: 409, title: 'This person is an operator of the portal already' },
  operator_active: { status: 409, title: 'This operator has accepted the invitation already' },
  last_owner: { status: 409, title: 'A portal keeps at least one owner' },
  not_deactivated: { status: 409, title: 'The portal user is not deactivated' },
  portal_user_exists: { status: 409, title: 'This contact is a portal user already' },
  contact_exists: { status: 409, title: 'There is a contact with this e-mail address already' },
  portal_exists: { status: 409, title: 'There is a portal with this slug already' },
  idempotency_key_in_use: { status: 409, title: 'A call with this Idempotency-Key is still being answered' },
  link_not_expired: { status: 409, title: 'This link has not expired' },
  link_superseded: { status: 410, title: 'A newer link has replaced this one' },
  link_expired: { status: 410, title: 'This link has expired' },
  precondition_failed: { status: 412, title: 'The resource is not the one that If-Match names' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The request body has a media type that is not understood' },
  idempotency_key_reused: { status: 422, title: 'This Idempotency-Key came with another payload before' },
  password_not_accepted: { status: 422, title: 'Operators choose their own password' },
  password_refused: { status: 422, title: 'This password is not good enough' },
  re_invite_too_soon: { status: 429, title: 'The last e-mail was sent only a moment ago' },
  re_invite_cap_reached: { status: 429, title: 'No more re-invites for this person today' },
  rate_limited: { status: 429, title: 'Too many calls' },
  too_many_uploads: { status: 429, title: 'This portal user has sent too much for now' },
  too_many_attempts: { status: 429, title: 'Too many attempts failed' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'A part of the service is down at the moment' },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldError {
  /** Where in the request: `email`, `ids[3]`, `query.limit`. */
  field: string;
  message: string;
}

interface ProblemDetails {
  /** What to do about it, in one or two sentences. */
  detail?: string;
  /** Seconds, also in the header Retry-After; in a bulk answer each row has its own. */
  retryAfter?: number;
  /** Where the same code has another status: a deactivated user's link is 410. */
  status?: number;
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
export function invalidFields(errors: FieldError[]): Problem {
  return new Problem('invalid_request', {
    detail: 'Correct the fields below and try again.',
    errors: errors.slice(0, MAX_FIELD_ERRORS),
  });
}

/** An expected failure of a call: thrown anywhere below a route, answered by the error middleware. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    super(details.detail ?? PROBLEMS[code].title);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return this.details.status ?? PROBLEMS[this.code].status;
  }

  /** What it is, in a sentence without its point. */
  get title(): string {
    return PROBLEMS[this.code].title;
  }

  /** The members of `application/problem+json`. */
  toJSON() {
    return {
      type: `urn:portal-invitations:problem:${this.code}`,
      title: PROBLEMS[this.code].title,
      code: this.code,
      ...this.details,
      status: this.status,
    };
  }
}
