import { PasswordResetRequest, type Portal } from '../../db/entities/index.ts';
import type { Services } from '../services.ts';
import { inTransaction } from '../unit-of-work.ts';
import { nowOrLater } from './now-or-later.ts';

/**
 * Records that somebody asked for a new password at a portal, or (null) at the console, and starts the workflow. Whether anybody
 * has the address is not looked up here, so that nothing tells. If Temporal is down it is mailed once Temporal is back.
 */
export async function askForPasswordReset(services: Services, portal: Portal | null, emailKey: string): Promise<void> {
  await inTransaction(services.database, async ({ em, afterCommit }) => {
    const { id } = em.create(PasswordResetRequest, { portal: portal?.id ?? null, emailKey });
    await em.flush();
    afterCommit(() => nowOrLater(services, { passwordResetRequestId: id }, () => services.passwordResets.start(id)));
  });
}
