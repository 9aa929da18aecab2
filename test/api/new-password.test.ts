import { expect, test } from '@jest/globals';
import { newPassword } from '../../api/new-password.ts';
import { passwordRefusal } from '../../api/password.ts';

test('a password that is made is four words to be read out, good by the rule, and another each time', async () => {
  const ownWords = ['Olga Operator', 'olga@example.com', 'Acme Help Center'];
  const passwords = await Promise.all(Array.from({ length: 50 }, () => newPassword(ownWords)));
  expect(new Set(passwords).size).toBe(50);
  for (const password of passwords) {
    expect(password).toMatch(/^[a-z]+(-[a-z]+){3,}$/);
    expect(password.length).toBeGreaterThanOrEqual(15);
    expect(await passwordRefusal(password, ownWords)).toBeUndefined();
  }
});
