import { carryOutBulkAction } from './bulk-action/carry-out-bulk-action.ts';
import type { Dependencies } from './dependencies.ts';
import { eraseUnownedObjects } from './erase-unowned-objects.ts';
import { forgetExpiredSessions } from './forget-expired-sessions.ts';
import { forgetOldAnswers } from './forget-old-answers.ts';
import { recordDeactivation } from './record-deactivation.ts';
import { recordIgnoredSignal } from './record-ignored-signal.ts';
import { recordLinkExpired } from './record-link-expired.ts';
import { recordOutcome } from './record-outcome.ts';
import { sendAccountEmail } from './send-account-email.ts';
import { sendInvitationEmail } from './send-invitation-email.ts';
import { sendPasswordReset } from './send-password-reset.ts';
import { sendRequestEmail } from './send-request-email.ts';
import { sendTestEmail } from './send-test-email.ts';
import { startMissingAccountEmails } from './start-missing-account-emails.ts';
import { startMissingBulkActions } from './start-missing-bulk-actions.ts';
import { startMissingInvitations } from './start-missing-invitations.ts';
import { startMissingPasswordResets } from './start-missing-password-resets.ts';
import { startMissingRequestEmails } from './start-missing-request-emails.ts';

/** Every activity, bound to what it acts upon. Each is safe to run twice in a row, and after a crash at any line. */
export function createActivities(dependencies: Dependencies) {
  return {
    sendInvitationEmail: sendInvitationEmail.bind(null, dependencies),
    sendRequestEmail: sendRequestEmail.bind(null, dependencies),
    sendPasswordReset: sendPasswordReset.bind(null, dependencies),
    sendAccountEmail: sendAccountEmail.bind(null, dependencies),
    sendTestEmail: sendTestEmail.bind(null, dependencies),
    recordLinkExpired: recordLinkExpired.bind(null, dependencies),
    recordIgnoredSignal: recordIgnoredSignal.bind(null, dependencies),
    recordOutcome: recordOutcome.bind(null, dependencies),
    recordDeactivation: recordDeactivation.bind(null, dependencies),
    carryOutBulkAction: carryOutBulkAction.bind(null, dependencies),
    startMissingBulkActions: startMissingBulkActions.bind(null, dependencies),
    startMissingInvitations: startMissingInvitations.bind(null, dependencies),
    startMissingRequestEmails: startMissingRequestEmails.bind(null, dependencies),
    startMissingPasswordResets: startMissingPasswordResets.bind(null, dependencies),
    startMissingAccountEmails: startMissingAccountEmails.bind(null, dependencies),
    forgetOldAnswers: forgetOldAnswers.bind(null, dependencies),
    forgetExpiredSessions: forgetExpiredSessions.bind(null, dependencies),
    eraseUnownedObjects: eraseUnownedObjects.bind(null, dependencies),
  };
}

export type Activities = ReturnType<typeof createActivities>;
