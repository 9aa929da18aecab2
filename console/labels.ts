import { MIN_PASSWORD_LENGTH } from '../commands/passwords/password.ts';
import { LANGUAGES, type Language } from '../vocabulary/languages.ts';
import type { LinkExpiry } from '../vocabulary/portal-users.ts';
import type { ConfirmationStatus, Delivery, RequestStatus } from '../vocabulary/statuses.ts';

/** How the console calls things, and how they are toned. */
export interface StatusLabel {
  name: string;
  tone: 'good' | 'wait' | 'bad' | 'quiet';
}

export const STATUS_LABELS: Record<ConfirmationStatus, StatusLabel> = {
  not_confirmed: { name: 'Not Confirmed', tone: 'wait' },
  confirmed: { name: 'Confirmed', tone: 'good' },
  deactivated: { name: 'Deactivated', tone: 'quiet' },
};

export function statusLabel(status: ConfirmationStatus): StatusLabel {
  return STATUS_LABELS[status];
}

export const DELIVERY_LABELS: Record<Delivery, StatusLabel> = {
  queued: { name: 'Queued', tone: 'wait' },
  sent: { name: 'Sent', tone: 'good' },
  deferred: { name: 'Deferred', tone: 'wait' },
  bounced: { name: 'Bounced', tone: 'bad' },
  suppressed: { name: 'Suppressed', tone: 'bad' },
};

export function deliveryLabel(delivery: Delivery): StatusLabel {
  return DELIVERY_LABELS[delivery];
}

export const LINK_LABELS: Record<LinkExpiry, StatusLabel> = {
  valid: { name: 'Valid', tone: 'good' },
  expired: { name: 'Expired', tone: 'bad' },
};

/** How the console calls where a request stands, in the order in which it asks for attention. */
export const REQUEST_STATUS_LABELS: Record<RequestStatus, StatusLabel> = {
  open: { name: 'Open', tone: 'wait' },
  on_hold: { name: 'On Hold', tone: 'quiet' },
  closed: { name: 'Closed', tone: 'good' },
};

export function requestStatusLabel(status: RequestStatus): StatusLabel {
  return REQUEST_STATUS_LABELS[status];
}

const names = new Intl.DisplayNames('en', { type: 'language' });

/** `German`, `Austrian German`. What a tag says beyond language, script and region has no name. @param locale BCP 47 */
export function languageName(locale: string): string {
  return names.of(new Intl.Locale(locale).baseName) ?? locale;
}

/** Some languages to choose from, as templates print them. */
export function languageOptions(languages: Language[], chosen: Language) {
  return LANGUAGES.filter((each) => languages.includes(each)).map((value) => ({
    value,
    text: languageName(value),
    isChosen: value === chosen,
  }));
}

/** Beside a field for a new password. */
export const PASSWORD_HINT = `At least ${MIN_PASSWORD_LENGTH} characters. Four or five words are easy to remember and hard to guess.`;
