import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { SendingTurns } from './sending-turns.ts';
import { hasReplied, readSmtpError, type SmtpReply } from './smtp-reply.ts';

const MINUTE_MS = 60_000;
/**
 * What RFC 5321, section 4.5.3.2, asks a client to wait: 5 minutes for the greeting, 10 for the reply to the final dot. A
 * client that gives up earlier sends copies to a mail server that is merely slow. Nodemailer's `connectionTimeout` includes
 * the greeting; its `socketTimeout` is the longest silence.
 */
const PATIENT = {
  dnsTimeout: 30_000,
  connectionTimeout: 6 * MINUTE_MS,
  greetingTimeout: 5 * MINUTE_MS,
  socketTimeout: 10 * MINUTE_MS,
};
/** For test e-mails: an operator waits for the result. */
const PROMPT = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Of one worker, as many as it has activities at a time, so that no message waits in nodemailer's own queue. */
export const MAX_CONNECTIONS = 100;

export interface Mailer {
  /**
   * Sends one message and returns the mail server's reply; stops at once when `signal` fires. Waits minutes for a slow mail
   * server. Does not throw for what a mail server can do.
   *
   * @returns `busy`, having sent nothing, where too many other sends are under way
   */
  send(message: SendMailOptions, portalId: string, signal: AbortSignal): Promise<SmtpReply | { kind: 'busy' }>;
  /** Over a connection of its own, with limits of seconds, whatever else is under way. */
  sendPromptly(message: SendMailOptions, signal: AbortSignal): Promise<SmtpReply>;
  /** Connects and signs in. @returns why that fails, in the mail server's words; undefined where it works */
  check(): Promise<string | undefined>;
  close(): void;
}

/** An SMTP client. @param url `smtp://user:password@host:port` or `smtps://…` */
export function createMailer(url: string): Mailer {
  const access = { url, disableFileAccess: true, disableUrlAccess: true };
  const pool = createTransport({
    ...access,
    ...PATIENT,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    maxRequeues: 0, // retries are Temporal's
  });
  const prompt = createTransport({ ...access, ...PROMPT });
  for (const transport of [pool, prompt]) encodeLookalikes(transport);
  const turns = new SendingTurns();
  return {
    async send(message, portalId, signal) {
      const turn = await turns.wait(portalId, signal);
      if (turn === undefined) return { kind: 'busy' };
      const reply = await sendBy(pool, message, signal);
      turn.end(hasReplied(reply));
      return reply;
    },
    sendPromptly: (message, signal) => sendBy(prompt, message, signal),
    async check() {
      return prompt.verify().then(
        () => undefined,
        (error: Error) => error.message,
      );
    },
    close() {
      pool.close();
      prompt.close();
    },
  };
}

async function sendBy(transport: Transporter, message: SendMailOptions, signal: AbortSignal): Promise<SmtpReply> {
  try {
    await transport.sendMail({ ...message, ...encodeSubject(message), signal });
    return { kind: 'accepted' };
  } catch (error) {
    return readSmtpError(error);
  }
}

/** How an encoded word begins (RFC 2047, section 2): `=?utf-8?Q?Eve?=` is shown as `Eve`. */
const LOOKS_ENCODED = '=?';
/** Characters of one encoded word: with its frame it stays below the 75 of RFC 2047. */
const WORD_LENGTH = 52;

/**
 * Makes a transport send names and subjects that look like encoded words as what they are. nodemailer puts such a name in
 * quotes, where RFC 2047 (section 5) forbids to decode it, which mail programs do all the same. Encoded once more, every
 * program shows the text as it was typed.
 */
function encodeLookalikes(transport: Transporter): void {
  transport.use('stream', ({ message }, done) => {
    const node = message as unknown as AddressEncoder;
    const encodeAddressName = node._encodeAddressName.bind(node);
    node._encodeAddressName = (name) => encoded(name) ?? encodeAddressName(name);
    done();
  });
}

/** A subject as {@link encodeLookalikes} means it. */
function encodeSubject({ subject }: SendMailOptions): SendMailOptions {
  return subject === undefined ? {} : { subject: encoded(subject) ?? subject };
}

function encoded(text: string): string | undefined {
  return text.includes(LOOKS_ENCODED) ? encodeWord(text, 'B', WORD_LENGTH) : undefined;
}

/** Private, but nodemailer offers no other place; a test reads what arrives. */
interface AddressEncoder {
  _encodeAddressName(name: string): string;
}
