import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import { renderInvitation } from './render-invitation.ts';

/**
 * An invitation e-mail for the eyes of staff: what was or would be sent, but with a link that opens nothing. The link's
 * token is the portal user's secret, so it is left out.
 */
export function previewInvitation(content: InvitationEmailContent, publicUrl: string) {
  return renderInvitation(content, `${publicUrl}/confirm/\u2026`);
}
