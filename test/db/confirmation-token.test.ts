import { expect, test } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import {
  confirmationToken,
  newLinkSalt,
  readConfirmationToken,
  verifyConfirmationToken,
} from '../../links/confirmation-token.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';

const KEY_1 = `1:${Buffer.alloc(32, 1).toString('base64url')}`;
const KEY_2 = `2:${Buffer.alloc(32, 2).toString('base64url')}`;
const keys = parseLinkKeys(KEY_1);
const subject = { portalUserId: uuid(), generation: 3, salt: newLinkSalt() };

test('the same subject always has the same token, and it is read back', () => {
  const token = confirmationToken(keys, subject);
  expect(confirmationToken(keys, subject)).toBe(token);
  expect(token).toMatch(/^[\w-]{71}$/);
  expect(readConfirmationToken(token)).toEqual({ portalUserId: subject.portalUserId, generation: 3 });
  expect(verifyConfirmationToken(keys, token, subject.salt)).toBe(true);
});

test('another generation, person, salt or key is another token', () => {
  const others = [
    confirmationToken(keys, { ...subject, generation: 4 }),
    confirmationToken(keys, { ...subject, portalUserId: uuid() }),
    confirmationToken(keys, { ...subject, salt: newLinkSalt() }),
    confirmationToken(parseLinkKeys(`1:${Buffer.alloc(32, 9).toString('base64url')}`), subject),
  ];
  expect(new Set([confirmationToken(keys, subject), ...others]).size).toBe(5);
  for (const token of others.slice(2)) expect(verifyConfirmationToken(keys, token, subject.salt)).toBe(false);
});

test('a token with any byte changed does not verify', () => {
  const bytes = Buffer.from(confirmationToken(keys, subject), 'base64url');
  for (let i = 0; i < bytes.length; i += 1) {
    const forged = Buffer.from(bytes);
    forged.writeUInt8(forged.readUInt8(i) ^ 1, i);
    expect(verifyConfirmationToken(keys, forged.toString('base64url'), subject.salt)).toBe(false);
  }
});

test('a token has one spelling', () => {
  const token = confirmationToken(keys, subject);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const read = [...alphabet].filter((last) => readConfirmationToken(token.slice(0, -1) + last) !== undefined);
  expect(read).toHaveLength(16);
  const ours = read.filter((last) => verifyConfirmationToken(keys, token.slice(0, -1) + last, subject.salt));
  expect(ours).toEqual([token.at(-1)]);
});

test('what cannot be a token is not read', () => {
  for (const text of ['', 'x', 'a'.repeat(70), 'a'.repeat(72), `${'a'.repeat(70)}!`]) {
    expect(readConfirmationToken(text)).toBeUndefined();
  }
});

test('a key is rotated without killing links: the first signs, all verify', () => {
  const old = confirmationToken(keys, subject);
  const rotated = parseLinkKeys(`${KEY_2},${KEY_1}`);
  expect(verifyConfirmationToken(rotated, old, subject.salt)).toBe(true);
  expect(confirmationToken(rotated, subject)).not.toBe(old);
  expect(verifyConfirmationToken(parseLinkKeys(KEY_2), old, subject.salt)).toBe(false);
});

test.each([
  ['nothing', ''],
  ['no id', Buffer.alloc(32).toString('base64url')],
  ['an id above 255', `256:${Buffer.alloc(32).toString('base64url')}`],
  ['a short key', `1:${Buffer.alloc(31).toString('base64url')}`],
  ['the same id twice', `${KEY_1},${KEY_1}`],
])('LINK_KEYS with %s is refused without quoting it', (_what, text) => {
  expect(() => parseLinkKeys(text)).toThrow(/^LINK_KEYS: /);
});
