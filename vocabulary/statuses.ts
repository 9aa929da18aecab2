/** Whether a portal user has confirmed. Decided by the workflow, written by its activities. */
export const CONFIRMATION_STATUSES = ['not_confirmed', 'confirmed', 'deactivated'] as const;

export type ConfirmationStatus = (typeof CONFIRMATION_STATUSES)[number];

/** What became of the newest invitation e-mail. */
export const DELIVERIES = ['queued', 'sent', 'deferred', 'bounced', 'suppressed'] as const;

export type Delivery = (typeof DELIVERIES)[number];

/** How an invitation ends. */
export type InvitationOutcome = Exclude<ConfirmationStatus, 'not_confirmed'>;

/** What an operator may do at a portal: owners also change its settings, keys and operators. */
export const OPERATOR_ROLES = ['owner', 'staff'] as const;

export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Whose choice an operator's password is: `other` is one that somebody else knows, made by an earlier version. */
export const PASSWORD_SETTERS = ['self', 'environment', 'other'] as const;

/** E-mails about accounts. */
export const ACCOUNT_EMAIL_KINDS = ['operator_invitation', 'password_changed'] as const;

/** Where a request stands. */
export const REQUEST_STATUSES = ['open', 'on_hold', 'closed'] as const;

export type RequestStatus = (typeof REQUEST_STATUSES)[number];
