import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { SendMailOptions } from 'nodemailer';
import { findMemberships } from '../../db/queries/authorization.ts';
import { invitationContent, testInvitation } from '../../email/invitation.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import type { TestEmailOrder, TestEmailResult } from '../contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { whileHeartbeating } from '../mail-server/deliver-message.ts';
import { messageHeaders } from '../mail-server/message-headers.ts';

type TestDependencies = Pick<Dependencies, 'database' | 'mailer' | 'publicUrl' | 'mailFrom'>;

/**
 * Sends an operator what the portal's users get by its settings, marked as a test and with a link that opens nothing.
 * Safe to repeat: within one run of its workflow the message is the same, which mailboxes recognise.
 *
 * @throws ApplicationFailure `OperatorGone` (not retryable)
 */
export async function sendTestEmail(dependencies: TestDependencies, order: TestEmailOrder): Promise<TestEmailResult> {
  const message = await testEmailMessage(dependencies, order);
  const reply = await whileHeartbeating((signal) => dependencies.mailer.sendPromptly(message, signal));
  return reply.kind === 'accepted' ? { kind: 'accepted' } : { kind: reply.kind, code: reply.code };
}

async function testEmailMessage(
  { database, publicUrl, mailFrom }: TestDependencies,
  { portalId, operatorId, kind, language }: TestEmailOrder,
): Promise<SendMailOptions> {
  const memberships = await findMemberships(database.em.fork(), operatorId);
  const membership = memberships.find(({ portal }) => portal.id === portalId);
  if (membership === undefined) {
    throw ApplicationFailure.nonRetryable('The operator does not work for the portal', FAILURES.operatorGone);
  }
  const { name } = membership;
  const { email } = membership.operator.getEntity();
  const portal = membership.portal.getEntity();
  const { workflowExecution, scheduledTimestampMs } = activityInfo();
  const expiresAt = kind === 'reminder' ? new Date(scheduledTimestampMs + portal.linkValiditySeconds * 1000) : null;
  const occasion = { kind, name, locale: language, note: null, expiresAt };
  const content = invitationContent(publicUrl, portal, occasion);

  const id = String(workflowExecution?.runId);
  const addressed = { id, toAddress: email, queuedAt: new Date(scheduledTimestampMs), content };
  return { ...testInvitation(content, publicUrl), ...messageHeaders(mailFrom, addressed) };
}
