import { Router } from 'express';
import { InvitationEmail } from '../../db/entities/index.ts';
import { previewInvitation } from '../../email/invitation.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import { emailFrame, showEmailHtml } from '../email-preview.ts';
import { deliveryLabel } from '../labels.ts';
import { moment } from '../moment.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { requireUserOfPage } from './user-page.ts';

/** `/:id/emails/:emailId`: the very e-mail that was sent, but for its link, which is the portal user's secret. */
export function emailPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  const { publicUrl } = services;

  router.get(
    '/:id/emails/:emailId',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const { user, email } = await requireEmail(call);
      const { name } = user.contact.getEntity();
      const title = `E-mail to ${name}`;
      const src = `/console/${portal.slug}/users/${user.id}/emails/${email.id}/html`;
      const frame = emailFrame(email.content, publicUrl, {
        title,
        src,
        to: email.toAddress,
        rendered: email.rendered,
      });
      const context = { id: user.id, name, frame, delivery: deliveryLabel(email.delivery), reply: email.reply };
      const at = moment(email.answeredAt ?? email.queuedAt);
      showConsolePage(request, response, { view: 'users/email', title, section: 'users', context: { ...context, at } });
    }),
  );

  router.get(
    '/:id/emails/:emailId/html',
    atPortal(async (call) => {
      const { email } = await requireEmail(call);
      showEmailHtml(call.response, previewInvitation(email.content, publicUrl, email.rendered).html);
    }),
  );
  return router;

  async function requireEmail(call: PortalCall) {
    const user = await requireUserOfPage(services, call);
    const id = Id.safeParse(call.request.params.emailId).data;
    const email =
      id === undefined ? null : await services.database.em.fork().findOne(InvitationEmail, { id, portalUser: user.id });
    if (email === null) throw new Refusal('not_found');
    return { user, email };
  }
}
