import { expect, test } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { confirmationToken, verifyConfirmationToken } from '../../links/confirmation-token.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import {
  passwordResetEnd,
  passwordResetToken,
  readPasswordResetToken,
  verifyPasswordResetToken,
} from '../../links/password-reset-token.ts';

const keys = parseLinkKeys(`1:${Buffer.alloc(32, 1).toString('base64url')}`);
const user = { id: uuid(), passwordHash: '$argon2id$one', deactivationCount: 0 };
const asked = new Date('2026-11-24T12:00:00.700Z');
const end = passwordResetEnd(asked);

test('a link is good for an hour from the second it was asked for', () => {
  expect(end).toEqual(new Date('2026-11-24T13:00:00.000Z'));
  const token = passwordResetToken(keys, user, end);
  expect(readPasswordResetToken(token, new Date('2026-11-24T12:59:59.999Z'))).toBe(user.id);
  expect(readPasswordResetToken(token, end)).toBeUndefined();
  expect(readPasswordResetToken('nonsense', asked)).toBeUndefined();
});

test('the same password and end always have the same token; another password kills it', () => {
  const token = passwordResetToken(keys, user, end);
  expect(passwordResetToken(keys, user, end)).toBe(token);
  expect(verifyPasswordResetToken(keys, token, user)).toBe(true);
  expect(verifyPasswordResetToken(keys, token, { ...user, passwordHash: '$argon2id$two' })).toBe(false);
  expect(verifyPasswordResetToken(keys, token, { ...user, deactivationCount: 1 })).toBe(false);
  const without = passwordResetToken(keys, { ...user, passwordHash: null }, end);
  expect(verifyPasswordResetToken(keys, without, { ...user, passwordHash: undefined })).toBe(true);
  expect(verifyPasswordResetToken(keys, without, user)).toBe(false);
});

test('a token with any byte changed, its end for one, does not verify', () => {
  const bytes = Buffer.from(passwordResetToken(keys, user, end), 'base64url');
  for (let i = 0; i < bytes.length; i += 1) {
    const forged = Buffer.from(bytes);
    forged.writeUInt8(forged.readUInt8(i) ^ 1, i);
    expect(verifyPasswordResetToken(keys, forged.toString('base64url'), user)).toBe(false);
  }
});

test('a confirmation link replaces no password, and the other way round', () => {
  const salt = Buffer.from(user.passwordHash);
  const generation = end.getTime() / 1000;
  const confirming = confirmationToken(keys, { portalUserId: user.id, generation, salt });
  expect(verifyPasswordResetToken(keys, confirming, user)).toBe(false);
  expect(verifyConfirmationToken(keys, passwordResetToken(keys, user, end), salt)).toBe(false);
});
