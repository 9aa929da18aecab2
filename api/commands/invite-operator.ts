import { operatorInvitationContent } from '../../activities/email/account-email-content.ts';
import type { EntityManager } from '../../db/database.ts';
import { type AccountEmail, Event, type Portal, type PortalOperator } from '../../db/entities/index.ts';
import { readClock } from '../../db/queries/read-clock.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import { queueAccountEmail } from './queue-account-email.ts';

/** How long the link of an operator's invitation is good, from the moment it is queued. */
const VALIDITY_MS = 7 * 86_400_000;
/** Between two e-mails of one portal to one operator. */
const COOLDOWN_MS = 60_000;
/** E-mails of one portal to one operator in a day. */
const DAILY_CAP = 5;
const DAY_MS = 86_400_000;

/** Queues the e-mail with the membership's newest link, which is good for seven days. */
export async function inviteOperator(
  unit: UnitOfWork,
  services: Services,
  portal: Portal,
  membership: PortalOperator,
): Promise<AccountEmail> {
  const { id, name, email, role, generation } = membership;
  const expiresAt = new Date((await readClock(unit.em)).getTime() + VALIDITY_MS);
  membership.linkExpiresAt = expiresAt;
  return queueAccountEmail(unit, services, {
    kind: 'operator_invitation',
    membership: id,
    generation,
    toAddress: email, // as this portal typed it: another portal's spelling may be another mailbox
    content: operatorInvitationContent(services.publicUrl, portal, { name, role, expiresAt }),
  });
}

/**
 * Nobody's mailbox is flooded, also not by removing somebody and adding them again: the portal's events count. The caller
 * holds the portal's lock.
 *
 * @throws Problem `re_invite_too_soon`, `re_invite_cap_reached`
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
    throw new Problem('re_invite_too_soon', {
      detail: 'An e-mail was sent to this person a moment ago. Try again in a minute.',
      retryAfter: retryAfter(newest, COOLDOWN_MS),
    });
  }
  if (events.length >= DAILY_CAP) {
    throw new Problem('re_invite_cap_reached', {
      detail: `${DAILY_CAP} invitations were sent to this person within a day. Try again tomorrow.`,
      retryAfter: retryAfter(events.at(-1)!, DAY_MS),
    });
  }
}
