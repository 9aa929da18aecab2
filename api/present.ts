import type { Contact, Event, Portal, PortalUser } from '../db/entities/index.ts';
import { isLinkExpired } from '../db/is-link-expired.ts';
import type { ListedOperator } from '../db/queries/list-operators.ts';
import { invitationWorkflowId } from '../workflows/vocabulary.ts';
import type { ContactAnswer } from './schemas/contact.ts';
import type { OperatorAnswer } from './schemas/operator.ts';
import type { PortalAnswer } from './schemas/portal.ts';
import type { PortalUserAnswer } from './schemas/portal-user.ts';
import type { Services } from './services.ts';

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
      linkExpired: isLinkExpired(user),
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
          linkExpired: isLinkExpired(membership),
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
