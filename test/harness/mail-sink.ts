import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

/** What the sink says to the next e-mails: null accepts, a code refuses, `cut` accepts and drops the line before saying so. */
export type SinkMood = null | 'cut' | { code: number; text: string; at: 'RCPT' | 'DATA' };

export interface SunkMail extends ParsedMail {
  raw: string;
  recipients: string[];
  /** The confirmation link in the text part. */
  link: string;
}

export interface MailSink {
  url: string;
  mails: SunkMail[];
  mood: SinkMood;
  /** Called with each mail before it is answered. */
  onMail?: (mail: SunkMail) => void | Promise<void>;
  /** The n-th mail (1 is the first) to an address, as soon as it is there. */
  mailTo(address: string, n?: number, patienceMs?: number): Promise<SunkMail>;
  close(): Promise<void>;
}

/** A real SMTP server on the loopback interface that keeps what it is sent. */
export async function startMailSink(port = 0): Promise<MailSink> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo: (_address, _session, answer) => answer(refusal('RCPT')),
    async onData(stream, session, answer) {
      const received = await receive(stream);
      if (received === undefined) return; // whoever was sending it is gone
      const error = refusal('DATA');
      if (error) return answer(error);
      const raw = received.toString();
      const parsed = await simpleParser(raw);
      const mail: SunkMail = {
        ...parsed,
        raw,
        recipients: session.envelope.rcptTo.map(({ address }) => address),
        link: /^http\S+\/confirm\/\S+$/m.exec(parsed.text ?? '')?.[0] ?? '',
      };
      sink.mails.push(mail);
      await sink.onMail?.(mail);
      if (sink.mood === 'cut') {
        for (const connection of server.connections) (connection as { close(): void }).close();
        return;
      }
      answer();
    },
  });
  server.on('error', () => {}); // a client that goes away is none of the sink's business
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');

  function refusal(at: 'RCPT' | 'DATA'): Error | null {
    const { mood } = sink;
    if (mood === null || mood === 'cut' || mood.at !== at) return null;
    return Object.assign(new Error(mood.text), { responseCode: mood.code });
  }

  const sink: MailSink = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails: [],
    mood: null,
    mailTo: (address, n = 1, patienceMs) =>
      eventually(
        () =>
          sink.mails.filter((mail) => mail.recipients.some((to) => to.toLowerCase() === address.toLowerCase()))[n - 1],
        `mail ${n} to ${address}`,
        patienceMs,
      ),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return sink;
}

/** A whole message; undefined where its sender was killed in the middle of it. */
async function receive(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
