import type { Attachment, Contact, Event, Portal, PortalRequest, PortalUser, Reply } from '../db/entities/index.ts';
import type { Conversation } from '../db/queries/list-requests.ts';
import type { ListedOperator } from '../db/queries/operators.ts';
import type { ContactAnswer } from '../schemas/contact.ts';
import type { OperatorAnswer } from '../schemas/operator.ts';
import type { PortalAnswer } from '../schemas/portal.ts';
import type { PortalUserAnswer } from '../schemas/portal-user.ts';
import type { AttachmentAnswer, ReplyAnswer, RequestAnswer, WholeRequestAnswer } from '../schemas/request.ts';
import { invitationWorkflowId } from '../vocabulary/workflows.ts';
import type { Services } from '../web/services.ts';

/** How rows are shown to callers of the API. */
export function presentPortal({ createdAt, ...portal }: Portal): PortalAnswer {
  return {
    id: portal.id,
    slug: portal.slug,
    enabled: portal.enabled,
    name: portal.name,
    color: portal.color,
    languages: portal.languages,
    defaultLocale: portal.defaultLocale,
    senderName: portal.senderName ?? null,
    replyTo: portal.replyTo ?? null,
    linkValiditySeconds: portal.linkValiditySeconds,
    remindersAfterSeconds: portal.remindersAfterSeconds,
    reInviteCooldownSeconds: portal.reInviteCooldownSeconds,
    reInviteDailyCap: portal.reInviteDailyCap,
    giveUpAfterSeconds: portal.giveUpAfterSeconds,
    afterConfirmingUrls: portal.afterConfirmingUrls,
    hasOwnSite: portal.hasOwnSite,
    createdAt: createdAt.toISOString(),
  };
}

/** The user's contact must be loaded. */
export function presentPortalUser(user: PortalUser, portal: Portal, { workflowUrl }: Services): PortalUserAnswer {
  const contact = user.contact.getEntity();
  const workflowId = invitationWorkflowId(user.id);
  return {
    id: user.id,
    portal: portal.slug,
    contactId: contact.id,
    email: contact.email,
    name: contact.name,
    locale: user.locale ?? null,
    note: user.note ?? null,
    afterConfirmingUrl: user.afterConfirmingUrl ?? null,
    metadata: user.metadata,
    confirmationStatus: user.confirmationStatus,
    invitation: {
      generation: user.generation,
      emailsSent: user.emailsSent,
      lastSentAt: iso(user.lastSentAt),
      linkExpiresAt: iso(user.linkExpiresAt),
      linkExpired: user.linkExpiry === 'expired',
      delivery: user.delivery,
      nextReminderAt: iso(user.nextReminderAt),
      workflowId,
      workflowUrl: workflowUrl(workflowId),
    },
    confirmedAt: iso(user.confirmedAt),
    deactivatedAt: iso(user.deactivatedAt),
    createdAt: user.createdAt.toISOString(),
  };
}

export function presentContact(contact: Contact, portalUserId: string | null): ContactAnswer {
  const { id, email, name, account = null, createdAt } = contact;
  return { id, email, name, account, portalUserId, createdAt: createdAt.toISOString() };
}

/** As the portal sees an operator: nothing of it tells whether a pending one works for another portal. */
export function presentOperator(listed: ListedOperator): OperatorAnswer {
  const { membership, email: newest } = listed;
  const { operator, email, name, role, acceptedAt, generation, linkExpiresAt, createdAt } = membership;
  return {
    id: operator.id,
    email,
    name,
    role,
    status: acceptedAt ? 'active' : 'pending',
    invitation: acceptedAt
      ? null
      : {
          generation,
          linkExpiresAt: iso(linkExpiresAt),
          linkExpired: membership.isLinkExpired === true,
          delivery: newest?.delivery ?? 'queued',
          queuedAt: iso(newest?.queuedAt),
          reply: newest?.reply ?? null,
        },
    createdAt: createdAt.toISOString(),
  };
}

export function presentEvent({ id, type, actor, data, occurredAt }: Event) {
  return { id, type, actor, data, occurredAt: occurredAt.toISOString() };
}

function iso(date: Date | null | undefined): string | null {
  return date?.toISOString() ?? null;
}

/** How requests are shown to callers of the API. */
export function presentRequest(request: PortalRequest, { slug }: Portal): RequestAnswer {
  const { id, portalUser, number, subject, description, status, createdAt, lastActivityAt } = request;
  return {
    id,
    portal: slug,
    portalUserId: portalUser.id,
    number,
    subject,
    description,
    status,
    createdAt: createdAt.toISOString(),
    lastActivityAt: lastActivityAt.toISOString(),
  };
}

export function presentWholeRequest(
  request: PortalRequest,
  portal: Portal,
  { replies, attachments }: Conversation,
): WholeRequestAnswer {
  const of = (replyId: string | null) => attachments.filter(({ reply }) => (reply?.id ?? null) === replyId);
  return {
    ...presentRequest(request, portal),
    attachments: of(null).map(presentAttachment),
    replies: replies.map((reply) => presentReply(reply, of(reply.id))),
  };
}

export function presentReply({ id, author, text, createdAt }: Reply, attachments: Attachment[]): ReplyAnswer {
  return { id, author, text, attachments: attachments.map(presentAttachment), createdAt: createdAt.toISOString() };
}

function presentAttachment({ id, fileName, mediaType, size, createdAt }: Attachment): AttachmentAnswer {
  return { id, fileName, mediaType, size, createdAt: createdAt.toISOString() };
}
