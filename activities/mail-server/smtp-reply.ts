/** What a mail server's reply means for the message. */
export type SmtpReply =
  | { kind: 'accepted' }
  /** SMTP 5xx about this message, such as 550: it is not retried. */
  | { kind: 'refused'; reply: string; code: string }
  /** SMTP 4xx, such as 451, or no reply: it is retried with the same Message-ID. */
  | { kind: 'deferred'; reply: string; code: string };

/** Commands whose 5xx is about this message (RFC 5321); a 5xx to anything else is about the connection. */
const MESSAGE_COMMANDS = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** RFC 4954: authentication is missing, failed or too weak. Our configuration is at fault, not the recipient. */
const AUTHENTICATION_CODES = new Set([530, 534, 535, 538]);
/** Enough of a reply to understand it. */
const MAX_REPLY_LENGTH = 500;

/**
 * Reads what the error of a failed send means. Without a reply code the outcome is unknown (a connection cut after DATA looks
 * like one that never came up), so it counts as deferred.
 */
export function readSmtpError(error: unknown): SmtpReply {
  const { responseCode, command, response, message, code } = error as Partial<SmtpError>;
  const reply = String(response ?? message).slice(0, MAX_REPLY_LENGTH);
  const permanent = responseCode !== undefined && responseCode >= 500 && !AUTHENTICATION_CODES.has(responseCode);
  if (permanent && MESSAGE_COMMANDS.has(command ?? '')) return { kind: 'refused', reply, code: String(responseCode) };
  return { kind: 'deferred', reply, code: String(responseCode ?? code ?? 'no answer') };
}

/** Whether the mail server has replied at all, so that it does not hang. */
export function hasReplied(reply: SmtpReply): boolean {
  return reply.kind !== 'deferred' || /^\d{3}$/.test(reply.code);
}

interface SmtpError {
  responseCode: number;
  command: string;
  response: string;
  message: string;
  code: string;
}
