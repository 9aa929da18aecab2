import type { SendMailOptions } from 'nodemailer';
import type { RequestEmail } from '../../db/entities/index.ts';
import { envelope, messageId } from './envelope.ts';
import { renderRequestEmail } from './render-request-email.ts';

/** Mail servers refuse a head that is too large; nobody's thread is torn where the root and so many are named. */
const MOST_REFERENCES = 100;

/** An e-mail about a request, and where it stands in the request's thread. */
export interface ThreadedEmail {
  email: Pick<RequestEmail, 'id' | 'toAddress' | 'content' | 'queuedAt'>;
  requestId: string;
  /** Ids of the request's earlier e-mails, oldest first. */
  earlierIds: string[];
}

/**
 * The message of one e-mail about a request, in one thread with the others (RFC 5322, section 3.6.4): each follows the one
 * before, the first a message that nobody ever sent and that stands for the request itself. The same rows always give the
 * same bytes.
 */
export function composeRequestEmail(
  mailFrom: string,
  { email, requestId, earlierIds }: ThreadedEmail,
): SendMailOptions {
  const references = [requestId, ...earlierIds.slice(-MOST_REFERENCES)].map((id) => messageId(mailFrom, id));
  return {
    ...renderRequestEmail(email.content),
    ...envelope(mailFrom, email),
    inReplyTo: references.at(-1)!,
    references,
  };
}
