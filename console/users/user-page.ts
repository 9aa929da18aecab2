import { Router } from 'express';
import { requirePortalUser } from '../../commands/portal-users/require-status.ts';
import { type Portal, PortalUser } from '../../db/entities/index.ts';
import { newestEvents } from '../../db/events.ts';
import { countRequests } from '../../db/queries/count-requests.ts';
import { type ListedInvitationEmail, listInvitationEmails } from '../../db/queries/list-emails.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { invitationWorkflowId } from '../../vocabulary/workflows.ts';
import type { Services } from '../../web/services.ts';
import { formatCount, MANY } from '../counts.ts';
import { describeEvents, type ShownEvent } from '../event-sentences.ts';
import { deliveryLabel, languageName } from '../labels.ts';
import { moment } from '../moment.ts';
import type { FormErrors } from '../read-form.ts';
import { requestsAddress } from '../requests/request-list.ts';
import { atPortal, type PortalCall, type SignedIn } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { portalUserRow } from './list-view.ts';

/** More events than almost every portal user has: their timeline is shown whole. */
const MAX_EVENTS = 200;

/** `/:id`: who, where the invitation stands, each of its e-mails, and what happened. */
export function userPage(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/:id',
    atPortal(async (call) => showUser(services, call, await requireUserOfPage(services, call))),
  );
  return router;
}

/** `/portal-user/:id`: where the Temporal UI leads, which knows portal users by their id alone. Another portal's are "not found". */
export function portalUserAddress({ database }: Services): Router {
  const router = Router();
  router.get('/portal-user/:id', async (request, response, next) => {
    const id = Id.safeParse(request.params.id).data;
    if (id === undefined) return next(); // a portal may be called so
    const { portals } = response.locals as unknown as SignedIn;
    const user = await database.em.fork().findOne(PortalUser, id);
    const portal = portals.map((membership) => membership.portal).find((one) => one.id === user?.portal.id);
    if (portal === undefined) throw new Refusal('not_found');
    response.redirect(303, `/console/${portal.slug}/users/${id}`);
  });
  return router;
}

/** The portal user that a page's address names. @throws Refusal `not_found`, for another portal's too */
export async function requireUserOfPage({ database }: Services, { request, portal }: PortalCall): Promise<PortalUser> {
  const id = Id.safeParse(request.params.id).data;
  if (id === undefined) throw new Refusal('not_found');
  return requirePortalUser(database.em.fork(), portal, id);
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
  const [emails, events, requests] = await Promise.all([
    listInvitationEmails(em, user.id),
    readTimeline(services, portal, user),
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
      ...portalUserRow(user, portal, emails[0]?.reply ?? undefined),
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
      events,
      requests: {
        href: requestsAddress(portal, { user: user.id }),
        open: formatCount(requests.status.open),
        many: MANY,
      },
      workflowId,
      workflowUrl: services.workflowUrl(workflowId),
      correction: correction ?? { name: contact.name, email: contact.email, errors: {} },
      isCorrecting: correction !== undefined,
    },
  });
}

/** The newest first. */
async function readTimeline({ database }: Services, portal: Portal, user: PortalUser): Promise<ShownEvent[]> {
  const em = database.em.fork();
  return describeEvents(em, portal.id, await newestEvents(em, user.id, MAX_EVENTS));
}

function presentEmail({
  id,
  generation,
  reminder,
  toAddress,
  delivery,
  reply,
  queuedAt,
  answeredAt,
}: ListedInvitationEmail) {
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
