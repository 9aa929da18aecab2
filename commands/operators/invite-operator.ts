import type { EntityManager } from '../../db/database.ts';
import { readClock } from '../../db/database.ts';
import { type AccountEmail, Event, type Portal, type PortalOperator } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { lockOperatorsOf } from '../../db/locks.ts';
import type { ListedOperator } from '../../db/queries/operators.ts';
import { operatorInvitationContent } from '../../email/account-email.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices } from '../services.ts';
import type { UnitOfWork } from '../transaction.ts';
import { findMembership } from './change-operator.ts';
import { queueAccountEmail } from './queue-account-email.ts';

/** How long the link of an operator's invitation is good, from the moment it is queued. */
const VALIDITY_MS = 7 * 86_400_000;
/** Between two e-mails of one portal to one operator. */
const COOLDOWN_MS = 60_000;
/** E-mails of one portal to one operator in a day. */
const DAILY_CAP = 5;
const DAY_MS = 86_400_000;

/**
 * Mails a pending operator a new link with full validity. Every earlier link is dead.
 *
 * @throws Refusal `not_found`, `operator_active`
 * @throws Refusal `re_invite_too_soon`, `re_invite_cap_reached`
 */
export async function reInviteOperator(
  unit: UnitOfWork,
  services: CommandServices,
  portal: Portal,
  id: string,
  actor: Actor,
): Promise<ListedOperator> {
  const { em } = unit;
  await lockOperatorsOf(em, portal.id);
  const membership = await findMembership(em, portal, id);
  if (membership.acceptedAt) throw new Refusal('operator_active', { detail: 'They need no invitation any more.' });
  const operatorId = membership.operator.id;
  await requireMayInvite(em, portal, operatorId);
  membership.generation += 1;
  const data = { operatorId, generation: membership.generation };
  recordPortalEvent(em, portal, { type: 'operator_re_invited', actor, data });
  await em.flush();
  return { membership, email: await queueOperatorInvitation(unit, services, portal, membership) };
}

/** Queues the e-mail with the membership's newest link, which is good for seven days. */
export async function queueOperatorInvitation(
  unit: UnitOfWork,
  services: CommandServices,
  portal: Portal,
  membership: PortalOperator,
): Promise<AccountEmail> {
  const { id, name, email, role, generation } = membership;
  const expiresAt = new Date((await readClock(unit.em)).getTime() + VALIDITY_MS);
  unit.em.assign(membership, { linkExpiresAt: expiresAt, isLinkExpired: false });
  return queueAccountEmail(unit, services, {
    kind: 'operator_invitation',
    membership: id,
    generation,
    toAddress: email, // as this portal typed it: another portal's spelling may be another mailbox
    content: operatorInvitationContent(services.publicUrl, portal, { name, role, expiresAt }),
  });
}

/**
 * Limits the invitations of one portal to one operator. The portal's events count, so that removing and adding an operator again
 * does not flood a mailbox. The caller holds the portal's lock.
 *
 * @throws Refusal `re_invite_too_soon`, `re_invite_cap_reached`
 */
export async function requireMayInvite(em: EntityManager, portal: Portal, operatorId: string): Promise<void> {
  const types = ['operator_added', 'operator_re_invited'] as const;
  const now = (await readClock(em)).getTime();
  const since = new Date(now - DAY_MS);
  const events = await em.find(
    Event,
    {
      portal: portal.id,
      portalUser: null,
      type: { $in: [...types] },
      occurredAt: { $gt: since },
      data: { operatorId },
    },
    { orderBy: { id: 'desc' }, limit: DAILY_CAP },
  );
  const retryAfter = (event: Event, ms: number) => Math.ceil((event.occurredAt.getTime() + ms - now) / 1000);
  const [newest] = events;
  if (newest !== undefined && retryAfter(newest, COOLDOWN_MS) > 0) {
    throw new Refusal('re_invite_too_soon', {
      detail: 'An e-mail was sent to this person a moment ago. Try again in a minute.',
      retryAfter: retryAfter(newest, COOLDOWN_MS),
    });
  }
  if (events.length >= DAILY_CAP) {
    throw new Refusal('re_invite_cap_reached', {
      detail: `${DAILY_CAP} invitations were sent to this person within a day. Try again tomorrow.`,
      retryAfter: retryAfter(events.at(-1)!, DAY_MS),
    });
  }
}
