import { createTransport, type SendMailOptions } from 'nodemailer';
import { type MailServerAnswer, readMailServerError } from './mail-server-answer.ts';

/** A mail server that does not answer within these is tried again later; together below the activity's time limit. */
const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;
/** SMTP connections kept open by one worker. */
const MAX_CONNECTIONS = 10;

export interface Mailer {
  /** Hands one message to the mail server and tells how it answered. Does not throw for what a mail server can do. */
  send(message: SendMailOptions): Promise<MailServerAnswer>;
  close(): void;
}

/** A pooled SMTP client. @param url `smtp://user:password@host:port` or `smtps://…` */
export function createMailer(url: string): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      try {
        await transport.sendMail(message);
        return { kind: 'accepted' };
      } catch (error) {
        return readMailServerError(error);
      }
    },
    close: () => transport.close(),
  };
}
