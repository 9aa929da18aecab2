import { expect, test } from '@jest/globals';
import { verify } from '@node-rs/argon2';
import { hashPassword, requireGoodPassword } from '../../api/password.ts';

const OWN_WORDS = ['Jane Margaret Doe', 'jane.doe@example.com', 'Acme Help Center'];

test.each([
  'four green apples fly slowly',
  'correct horse battery staple',
  'vier grüne Äpfel fliegen langsam',
  '四個綠色的蘋果飛得很慢很慢很慢啊',
  'no-capital-no-digit-needed',
  `${'long enough to hash '.repeat(12)}and no longer`,
])('the password %j is good', (password) => {
  expect(() => requireGoodPassword(password, OWN_WORDS)).not.toThrow();
});

test.each([
  ['', 'password_too_short'],
  ['Tr0ub4dor&3', 'password_too_short'],
  ['x'.repeat(14), 'password_too_short'],
  ['👩‍👩‍👧', 'password_too_short'],
  [`${'four green apples fly '.repeat(12)}`, 'password_too_long'],
  ['passwordpassword', 'password_too_common'],
  ['P@ssw0rdP@ssw0rd', 'password_too_common'],
  ['123456789012345', 'password_too_common'],
  ['aaaaaaaaaaaaaaaa', 'password_too_common'],
  ['qwertyuiopasdfgh', 'password_too_common'],
  ['abcdefghijklmnop', 'password_too_common'],
  ['jane.doe@example.com', 'password_too_common'],
  ['JaneMargaretDoe', 'password_too_common'],
  ['jane margaret doe 1', 'password_too_common'],
  ['Acme Help Center', 'password_too_common'],
  ['janedoejanedoejane', 'password_too_common'],
  ['Jane Doe Jane Doe', 'password_too_common'],
  ['jane.doe@acme.com', 'password_too_common'],
])('the password %j is refused: %s', (password, reason) => {
  expect(() => requireGoodPassword(password, OWN_WORDS)).toThrow(
    expect.objectContaining({ code: 'password_refused', details: expect.objectContaining({ reason }) }),
  );
});

test('only as much of a password is judged as can be judged quickly', () => {
  const longTail = `${'a'.repeat(64)} four green apples fly slowly`;
  expect(() => requireGoodPassword(longTail, OWN_WORDS)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ reason: 'password_too_common' }) }),
  );
});

test('a password is hashed with its own salt, in the form that every keyboard gives it', async () => {
  const [first, second] = [await hashPassword('Pfützen trocknen'), await hashPassword('Pfützen trocknen')];
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  const decomposed = await hashPassword('Pfützen trocknen'.normalize('NFD'));
  expect(await verify(decomposed, 'Pfützen trocknen'.normalize('NFC'))).toBe(true);
  expect(await verify(first, 'Pfutzen trocknen')).toBe(false);
});
