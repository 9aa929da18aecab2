import { Router } from 'express';
import type { InvitationEmail, PortalUser } from '../../../db/entities/index.ts';
import { countRequests } from '../../../db/queries/count-requests.ts';
import { findPortalUser } from '../../../db/queries/find-portal-users.ts';
import { listInvitationEmails } from '../../../db/queries/list-invitation-emails.ts';
import { invitationWorkflowId } from '../../../workflows/vocabulary.ts';
import { Problem } from '../../problem.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { languageName } from '../language-name.ts';
import { moment } from '../moment.ts';
import { showConsolePage } from '../page.ts';
import { MANY, presentCount } from '../present-count.ts';
import type { FormErrors } from '../read-form.ts';
import { requestsAddress } from '../requests/request-view.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { deliveryLabel } from './names.ts';
import { presentRow } from './present-row.ts';
import { readTimeline } from './timeline.ts';

/** `/:id`: who, where the invitation stands, each of its e-mails, and what happened. */
export function userPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id',
    atPortal(async (call) => showUser(services, call, await requirePortalUser(services, call))),
  );
  return router;
}

/** The portal user that a page's address names. @throws Problem `not_found`, for another portal's too */
export async function requirePortalUser({ database }: Services, { request, portal }: PortalCall): Promise<PortalUser> {
  const id = Id.safeParse(request.params.id).data;
  const user = id === undefined ? null : await findPortalUser(database.em.fork(), portal.id, id);
  if (user === null) throw new Problem('not_found');
  return user;
}

/** A portal user's page; after a refused correction with what was typed and what is wrong with it. */
export async function showUser(
  services: Services,
  { request, response, portal }: PortalCall,
  user: PortalUser,
  correction?: { name: string; email: string; errors: FormErrors },
): Promise<void> {
  const now = Date.now();
  const em = services.database.em.fork();
  const [emails, timeline, requests] = await Promise.all([
    listInvitationEmails(em, user.id),
    readTimeline(services.database.em.fork(), portal.id, user.id),
    countRequests(services.database.em.fork(), portal.id, { portalUser: user.id }),
  ]);
  const contact = user.contact.getEntity();
  const workflowId = invitationWorkflowId(user.id);
  showConsolePage(request, response, {
    view: 'users/user',
    title: contact.name,
    section: 'users',
    status: correction === undefined ? 200 : 422,
    context: {
      now,
      ...presentRow(user, portal, emails[0]?.reply ?? undefined),
      isOneEmail: user.emailsSent === 1,
      contactId: contact.id,
      account: contact.account,
      language: user.locale === null ? undefined : languageName(user.locale!),
      note: user.note,
      isConfirmed: user.confirmationStatus === 'confirmed',
      isDeactivated: user.confirmationStatus === 'deactivated',
      isWaiting: user.confirmationStatus === 'not_confirmed',
      confirmed: moment(user.confirmedAt),
      deactivated: moment(user.deactivatedAt),
      nextReminder: moment(user.nextReminderAt),
      emails: emails.map(presentEmail),
      timeline,
      requests: {
        href: requestsAddress(portal, { user: user.id }),
        open: presentCount(requests.status.open),
        many: MANY,
      },
      workflowId,
      workflowUrl: services.workflowUrl(workflowId),
      correction: correction ?? { name: contact.name, email: contact.email, errors: {} },
      isCorrecting: correction !== undefined,
    },
  });
}

function presentEmail({ id, generation, reminder, toAddress, delivery, reply, queuedAt, answeredAt }: InvitationEmail) {
  return {
    id,
    title: reminder === 0 ? `Invitation, link ${generation}` : `Reminder ${reminder}, link ${generation}`,
    to: toAddress,
    delivery: deliveryLabel(delivery),
    reply,
    queued: moment(queuedAt),
    answered: moment(answeredAt),
  };
}
