import type { Portal, PortalUser } from '../../../db/entities/index.ts';
import { isLinkExpired } from '../../../db/is-link-expired.ts';
import { moment } from '../moment.ts';
import { deliveryLabel, LINK_LABELS, statusLabel } from './names.ts';

/** A row of the table, as its template prints it. The user's contact must be loaded. @param reply the mail server's words where the newest e-mail was not accepted */
export function presentRow(user: PortalUser, portal: Portal, reply: string | undefined) {
  const { email, name } = user.contact.getEntity();
  const waits = user.confirmationStatus === 'not_confirmed';
  const isExpired = waits && isLinkExpired(user);
  return {
    id: user.id,
    portalSlug: portal.slug,
    name,
    email,
    status: statusLabel(user.confirmationStatus),
    delivery: deliveryLabel(user.delivery),
    reply: user.delivery === 'bounced' || user.delivery === 'deferred' ? reply : undefined,
    lastSent: moment(user.lastSentAt),
    emailsSent: user.emailsSent,
    linkExpires: waits ? moment(user.linkExpiresAt) : null,
    linkExpired: isExpired ? LINK_LABELS.expired : null,
    added: moment(user.createdAt),
  };
}
