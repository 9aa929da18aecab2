import { expect, test } from '@jest/globals';
import { readSmtpError } from '../../../activities/mail-server/smtp-reply.ts';

const answers: [string, Record<string, unknown>, string][] = [
  ['550 to RCPT TO', { responseCode: 550, command: 'RCPT TO', response: '550 No' }, 'refused'],
  ['553 to MAIL FROM', { responseCode: 553, command: 'MAIL FROM', response: '553 No' }, 'refused'],
  ['554 to DATA', { responseCode: 554, command: 'DATA', response: '554 Spam' }, 'refused'],
  ['450 to RCPT TO', { responseCode: 450, command: 'RCPT TO', response: '450 Busy' }, 'deferred'],
  ['421 to anything', { responseCode: 421, command: 'CONN', response: '421 Closing' }, 'deferred'],
  ['535 to AUTH', { responseCode: 535, command: 'AUTH PLAIN', response: '535 Wrong password' }, 'deferred'],
  ['530 to MAIL FROM', { responseCode: 530, command: 'MAIL FROM', response: '530 Authenticate' }, 'deferred'],
  ['554 as greeting', { responseCode: 554, command: 'CONN', response: '554 Go away' }, 'deferred'],
  ['a cut connection', { code: 'ECONNECTION', command: 'CONN', message: 'Connection closed' }, 'deferred'],
  ['no route', { code: 'ETIMEDOUT', message: 'Timeout' }, 'deferred'],
];

test.each(answers)('%s is read for what it means', (_what, error, kind) => {
  expect(readSmtpError(Object.assign(new Error(), error))).toMatchObject({
    kind,
    reply: error.response ?? error.message,
  });
});
