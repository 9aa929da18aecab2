export type MailServerAnswer =
  | { kind: 'accepted' }
  /** A permanent refusal of this message: do not try again. */
  | { kind: 'refused'; reply: string; code: string }
  /** Not now, or nobody knows: try again with the same Message-ID. */
  | { kind: 'deferred'; reply: string; code: string };

/** Commands whose 5xx is about this message (RFC 5321); a 5xx to anything else is about the connection. */
const MESSAGE_COMMANDS = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** RFC 4954: authentication is missing, failed or too weak. Our configuration is at fault, not the recipient. */
const AUTHENTICATION_CODES = new Set([530, 534, 535, 538]);
/** Enough of a reply to understand it. */
const MAX_REPLY_LENGTH = 500;

/**
 * Reads what a failed sending means. Without a reply code the outcome is unknown (a connection cut after DATA looks
 * like one that never came up), so it counts as deferred.
 */
export function readMailServerError(error: unknown): MailServerAnswer {
  const { responseCode, command, response, message, code } = error as Partial<SmtpError>;
  const reply = String(response ?? message).slice(0, MAX_REPLY_LENGTH);
  const permanent = responseCode !== undefined && responseCode >= 500 && !AUTHENTICATION_CODES.has(responseCode);
  if (permanent && MESSAGE_COMMANDS.has(command ?? '')) return { kind: 'refused', reply, code: String(responseCode) };
  return { kind: 'deferred', reply, code: String(responseCode ?? code ?? 'no answer') };
}

/** Whether the mail server has said anything, so that it does not hang. */
export function hasReplied(answer: MailServerAnswer): boolean {
  return answer.kind !== 'deferred' || /^\d{3}$/.test(answer.code);
}

interface SmtpError {
  responseCode: number;
  command: string;
  response: string;
  message: string;
  code: string;
}
