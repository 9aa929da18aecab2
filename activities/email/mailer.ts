import { createTransport, type SendMailOptions } from 'nodemailer';
import { encodeLookalikes, encodeSubject } from './encode-lookalikes.ts';
import { type MailServerAnswer, readMailServerError } from './mail-server-answer.ts';

/** A mail server that does not answer a step within these is tried again later. */
const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 20_000;
/** SMTP connections of one worker: as many as it has activities at a time, so that no message waits for another. */
const MAX_CONNECTIONS = 20;

export interface Mailer {
  /**
   * Hands one message to the mail server and tells how it answered; gives up when `signal` fires. Does not throw for what a
   * mail server can do.
   */
  send(message: SendMailOptions, signal: AbortSignal): Promise<MailServerAnswer>;
  /** Connects and signs in. @returns why that fails, in the mail server's words; undefined where it works */
  check(): Promise<string | undefined>;
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
    maxRequeues: 0, // trying again is Temporal's
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  encodeLookalikes(transport);
  return {
    async send(message, signal) {
      try {
        await transport.sendMail({ ...message, ...encodeSubject(message), signal });
        return { kind: 'accepted' };
      } catch (error) {
        return readMailServerError(error);
      }
    },
    async check() {
      return transport.verify().then(
        () => undefined,
        (error: Error) => error.message,
      );
    },
    close: () => transport.close(),
  };
}
