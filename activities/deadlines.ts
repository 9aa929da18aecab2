import type { EntityManager } from '../db/database.ts';
import { InvitationEmail, type Portal, type PortalUser } from '../db/entities/index.ts';

export interface Deadlines {
  linkExpiresAt: string;
  nextReminderAt: string | null;
}

/**
 * What the workflow waits for after the e-mail number `reminder` of the current generation, in ISO 8601. Everything
 * counts from the moment the generation's first e-mail was answered for, so that an outage costs the invitee nothing.
 * A change of the portal's reminders takes effect with the next e-mail; a link that was mailed keeps its validity.
 */
export async function deadlines(
  em: EntityManager,
  user: PortalUser,
  portal: Portal,
  reminder: number,
): Promise<Deadlines> {
  const first = await em.findOneOrFail(InvitationEmail, { portalUser: user, generation: user.generation, reminder: 0 });
  const startsAt = first.answeredAt!.getTime();
  const expiresAt = user.linkExpiresAt?.getTime() ?? startsAt + portal.linkValiditySeconds * 1000;
  const nextAfterSeconds = portal.remindersAfterSeconds[reminder];
  const nextAt = nextAfterSeconds === undefined ? Number.POSITIVE_INFINITY : startsAt + nextAfterSeconds * 1000;

  // Who refused the e-mail for good is not written to again unless somebody re-invites.
  const reminds = user.delivery !== 'bounced' && nextAt < expiresAt;
  return {
    linkExpiresAt: new Date(expiresAt).toISOString(),
    nextReminderAt: reminds ? new Date(nextAt).toISOString() : null,
  };
}
