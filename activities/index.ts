import { carryOutBulkAction } from './bulk/carry-out-bulk-action.ts';
import type { Activities } from './contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { sendAccountEmail } from './emails/send-account-email.ts';
import { sendPasswordReset } from './emails/send-password-reset.ts';
import { sendRequestEmail } from './emails/send-request-email.ts';
import { sendTestEmail } from './emails/send-test-email.ts';
import { eraseUnownedObjects, forgetExpiredSessions, forgetOldAnswers } from './housekeeping/delete-expired-rows.ts';
import { startMissingInvitations, startMissingWorkflows } from './housekeeping/start-missing-workflows.ts';
import { recordDeactivation, recordOutcome } from './invitation/record-decision.ts';
import { recordIgnoredSignal } from './invitation/record-ignored-signal.ts';
import { recordLinkExpired } from './invitation/record-link-expired.ts';
import { sendInvitationEmail } from './invitation/send-invitation-email.ts';

/** Every activity, bound to what it acts upon. */
export function createActivities(dependencies: Dependencies): Activities {
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
    startMissingBulkActions: startMissingWorkflows.bind(null, dependencies, 'bulkActions'),
    startMissingInvitations: startMissingInvitations.bind(null, dependencies),
    startMissingRequestEmails: startMissingWorkflows.bind(null, dependencies, 'requestEmails'),
    startMissingPasswordResets: startMissingWorkflows.bind(null, dependencies, 'passwordResets'),
    startMissingAccountEmails: startMissingWorkflows.bind(null, dependencies, 'accountEmails'),
    forgetOldAnswers: forgetOldAnswers.bind(null, dependencies),
    forgetExpiredSessions: forgetExpiredSessions.bind(null, dependencies),
    eraseUnownedObjects: eraseUnownedObjects.bind(null, dependencies),
  };
}
