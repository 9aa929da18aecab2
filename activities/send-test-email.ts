import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SendMailOptions } from 'nodemailer';
import { PortalOperator } from '../db/entities/index.ts';
import { ACCEPTED } from '../db/entities/portal-operator.ts';
import type { InvitationEmailContent } from '../db/invitation-email-content.ts';
import type { Language } from '../db/languages.ts';
import { FAILURES } from '../workflows/vocabulary.ts';
import type { Dependencies } from './dependencies.ts';
import { envelope } from './email/envelope.ts';
import { invitationContent } from './email/invitation-content.ts';
import { previewInvitation } from './email/preview-invitation.ts';
import { whileHeartbeating } from './while-heartbeating.ts';

export interface TestEmailOrder {
  portalId: string;
  operatorId: string;
  kind: InvitationEmailContent['kind'];
  language: Language;
}

/** What the mail server said, without its words, which may name the address. */
export type TestEmailAnswer = { kind: 'accepted' } | { kind: 'refused' | 'deferred'; code: string };

type TestDependencies = Pick<Dependencies, 'database' | 'mailer' | 'publicUrl' | 'mailFrom'>;

/**
 * Mails an operator what the portal's users get by its settings, marked as a test and with a link that opens nothing.
 * Safe to repeat: within one run of its workflow the message is the same, which mailboxes recognise.
 *
 * @throws ApplicationFailure `OperatorGone` (not retryable)
 */
export async function sendTestEmail(dependencies: TestDependencies, order: TestEmailOrder): Promise<TestEmailAnswer> {
  const message = await composeTestEmail(dependencies, order);
  const answer = await whileHeartbeating((signal) => dependencies.mailer.sendPromptly(message, signal));
  return answer.kind === 'accepted' ? { kind: 'accepted' } : { kind: answer.kind, code: answer.code };
}

async function composeTestEmail(
  { database, publicUrl, mailFrom }: TestDependencies,
  { portalId, operatorId, kind, language }: TestEmailOrder,
): Promise<SendMailOptions> {
  const membership = await database.em
    .fork()
    .findOne(
      PortalOperator,
      { portal: portalId, operator: operatorId, ...ACCEPTED },
      { populate: ['portal', 'operator'] },
    );
  if (membership === null) {
    throw ApplicationFailure.nonRetryable('The operator does not work for the portal', FAILURES.operatorGone);
  }
  const { name } = membership;
  const { email } = membership.operator.getEntity();
  const portal = membership.portal.getEntity();
  const { workflowExecution, scheduledTimestampMs } = activityInfo();
  const expiresAt = kind === 'reminder' ? new Date(scheduledTimestampMs + portal.linkValiditySeconds * 1000) : null;
  const occasion = { kind, name, locale: language, note: null, expiresAt };
  const content = invitationContent(publicUrl, portal, occasion);
  const { subject, html, text } = previewInvitation(content, publicUrl);

  const id = String(workflowExecution?.runId);
  const addressed = { id, toAddress: email, queuedAt: new Date(scheduledTimestampMs), content };
  return { subject: `[Test] ${subject}`, html, text, ...envelope(mailFrom, addressed) };
}
