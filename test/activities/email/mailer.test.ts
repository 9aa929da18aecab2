import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMailer, type Mailer } from '../../../activities/mail-server/mailer.ts';
import { eventually } from '../../harness/eventually.ts';
import { type MailSink, startMailSink } from '../../harness/mail-sink.ts';

const PORTAL = 'a portal';
const never = new AbortController().signal;
const message = (to: string) => ({ from: 'invitations@portal.example', to, text: 'Hello' });

let sink: MailSink;
let tarpit: Server;
let mailer: Mailer;
beforeAll(async () => {
  sink = await startMailSink();
  sink.onMail = ({ recipients }) => (recipients[0]!.startsWith('slow') ? sleep(25_000) : undefined);
  tarpit = createServer((client) => {
    const server = connect(Number(new URL(sink.url).port), '127.0.0.1');
    setTimeout(() => client.pipe(server).pipe(client), 11_000);
    for (const socket of [client, server]) socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(tarpit, 'listening');
  mailer = createMailer(sink.url);
});
afterAll(async () => {
  mailer.close();
  await sink.close();
  tarpit.close();
});

test.concurrent('a mail server that replies 25 seconds after the final dot is sent one copy', async () => {
  expect(await mailer.send(message('slow@example.com'), PORTAL, never)).toEqual({ kind: 'accepted' });
  expect(sink.mails.filter(({ recipients }) => recipients.includes('slow@example.com'))).toHaveLength(1);
});

test.concurrent('a mail server that greets after 11 seconds gets the message', async () => {
  const patient = createMailer(`smtp://127.0.0.1:${(tarpit.address() as AddressInfo).port}`);
  expect(await patient.send(message('tarpit@example.com'), PORTAL, never)).toEqual({ kind: 'accepted' });
  patient.close();
});

test.concurrent('an operator who waits for a test e-mail is told soon that the mail server does not greet', async () => {
  const prompt = createMailer(`smtp://127.0.0.1:${(tarpit.address() as AddressInfo).port}`);
  const reply = await prompt.sendPromptly(message('test@example.com'), never);
  expect(reply).toMatchObject({ kind: 'deferred', code: 'ETIMEDOUT' });
  prompt.close();
});

test.concurrent('a message that is cancelled while the mail server hangs ends at once, and its connection too', async () => {
  let isClosed = false;
  const silent = createServer((socket) => {
    socket.resume().on('close', () => {
      isClosed = true;
    });
  }).listen(0, '127.0.0.1');
  const [, [connected]] = await Promise.all([once(silent, 'listening'), [once(silent, 'connection')]]);
  const hanging = createMailer(`smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const cancelling = new AbortController();
  const sending = hanging.send(message('hangs@example.com'), PORTAL, cancelling.signal);
  await connected;
  cancelling.abort();
  expect(await sending).toMatchObject({ kind: 'deferred' });
  await eventually(() => isClosed, 'the end of the connection');
  hanging.close();
  silent.close();
});
