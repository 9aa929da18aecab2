import type { LinkExpiry } from '../../../db/queries/portal-user-filter.ts';
import type { ConfirmationStatus, Delivery } from '../../../workflows/vocabulary.ts';

/** How the console calls things, and how they are toned. */
export interface Label {
  name: string;
  tone: 'good' | 'wait' | 'bad' | 'quiet';
}

export const STATUS_LABELS: Record<ConfirmationStatus, Label> = {
  not_confirmed: { name: 'Not Confirmed', tone: 'wait' },
  confirmed: { name: 'Confirmed', tone: 'good' },
  deactivated: { name: 'Deactivated', tone: 'quiet' },
};

export const DELIVERY_LABELS: Record<Delivery, Label> = {
  queued: { name: 'Queued', tone: 'wait' },
  sent: { name: 'Sent', tone: 'good' },
  deferred: { name: 'Deferred', tone: 'wait' },
  bounced: { name: 'Bounced', tone: 'bad' },
  suppressed: { name: 'Suppressed', tone: 'bad' },
};

export const LINK_LABELS: Record<LinkExpiry, Label> = {
  valid: { name: 'Valid', tone: 'good' },
  expired: { name: 'Expired', tone: 'bad' },
};

export function statusLabel(status: ConfirmationStatus): Label {
  return STATUS_LABELS[status];
}

export function deliveryLabel(delivery: Delivery): Label {
  return DELIVERY_LABELS[delivery];
}
