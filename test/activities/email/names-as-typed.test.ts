import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AddressObject } from 'mailparser';
import { createMailer, type Mailer } from '../../../activities/mail-server/mailer.ts';
import { messageHeaders } from '../../../activities/mail-server/message-headers.ts';
import { type MailSink, startMailSink } from '../../harness/mail-sink.ts';

let sink: MailSink;
let mailer: Mailer;
beforeAll(async () => {
  sink = await startMailSink();
  mailer = createMailer(sink.url);
});
afterAll(async () => {
  mailer.close();
  await sink.close();
});

const TEXTS = [
  '=?utf-8?Q?Eve?= <eve@evil.example>',
  '=?utf-8?Q?Eve?=',
  '=?UTF-8?B?RXZl?= =?UTF-8?B?RXZl?=',
  'Jane =?iso-8859-1?q?=45ve?= Doe',
  `=?utf-8?Q?Eve?= ${'and others '.repeat(20)}end`,
  '=?utf-8?Q?Eve?= Grüße 你好 👩‍👩‍👧',
  '=?',
  'a =?b',
  'Jane "The Boss" Doe <jane@bank.example>, eve@evil.example;',
  'Jürgen \\ Doe',
  '你好'.repeat(60),
  "O'Hara (Sales): Acme, Inc.",
];

test.each(TEXTS)('%j arrives as it was typed, as the name of everybody and as the subject', async (text) => {
  const toAddress = `jane-${TEXTS.indexOf(text)}@example.com`;
  const content = { name: text, senderName: text, replyTo: 'desk@example.com' };
  const id = `00000000-0000-4000-8000-${String(TEXTS.indexOf(text)).padStart(12, '0')}`;
  const message = messageHeaders('invitations@portal.example', { id, toAddress, queuedAt: new Date(0), content });
  const { signal } = new AbortController();
  const sent = await mailer.send({ ...message, subject: text, text: 'x' }, 'a portal', signal);
  expect(sent).toEqual({ kind: 'accepted' });

  const mail = await sink.mailTo(toAddress);
  expect(mail.subject).toBe(text);
  expect((mail.to as AddressObject).value).toEqual([{ address: toAddress, name: text }]);
  expect(mail.from!.value).toEqual([{ address: 'invitations@portal.example', name: text }]);
  expect(mail.replyTo!.value).toEqual([{ address: 'desk@example.com', name: text }]);
  expect(mail.recipients).toEqual([toAddress]);
  // A decoder that is not as careful as this one: what looks encoded is, and says what was typed.
  const [headers] = mail.raw.split('\r\n\r\n') as [string];
  for (const word of headers.match(/=\?\S*/g) ?? []) {
    expect(word).toMatch(/^=\?UTF-8\?[BQ]\?[^?\s]+\?=$/);
    expect(word.length).toBeLessThanOrEqual(75);
  }
  if (text.includes('=?')) expect(headers).not.toMatch(/Eve|"=\?/);
});
