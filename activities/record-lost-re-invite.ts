import type { Database } from '../db/database.ts';
import { InvitationEmail } from '../db/entities/index.ts';
import { linkBegunBy } from '../db/queries/link-begun-by.ts';
import { recordEventOnce } from '../db/record-event.ts';
import type { Actor } from '../workflows/vocabulary.ts';
import { withPortalUser } from './with-portal-user.ts';

interface AskedGeneration {
  portalUserId: string;
  generation: number;
  /** Who asked for it; absent for a generation that nobody asked for by a re-invite. */
  requestedBy?: Actor | undefined;
}

/**
 * Adds a re-invite to the timeline that came to nothing, since a decision was recorded before its e-mail was queued. A link
 * that a correction or a reactivation began has an event of its own. Safe to repeat: added once for each generation.
 *
 * @throws ApplicationFailure `PortalUserErased` (not retryable)
 */
export async function recordLostReInvite(
  database: Database,
  { portalUserId, generation, requestedBy }: AskedGeneration,
): Promise<void> {
  if (requestedBy === undefined) return;
  await withPortalUser(database, portalUserId, async (em, user) => {
    if (user.confirmationStatus === 'not_confirmed') return;
    if ((await em.count(InvitationEmail, { portalUser: user, generation, reminder: 0 })) > 0) return;
    if ((await linkBegunBy(em, portalUserId, generation)) !== null) return;
    const data = { signal: 'reInvite', generation: generation - 1 };
    await recordEventOnce(em, user, `lost_re_invite/${generation}`, {
      type: 'signal_ignored',
      actor: requestedBy,
      data,
    });
  });
}
