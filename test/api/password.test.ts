import { execFile } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import {
  findPasswordProblem,
  hashPassword,
  matchesHash,
  requireGoodPassword,
} from '../../commands/passwords/password.ts';
import { statusOf } from '../../web/problem.ts';

const OWN_WORDS = ['Jane Margaret Doe', 'jane.doe@example.com', 'Acme Help Center'];
/** As expensive to estimate as 64 characters can be. */
const HOSTILE = 'abandon4b1l1ty@b0ut3v3ry7h1ng1n7h3w0r1d1$n07wh@7173n11ghtl00ks1i';

const refused = (reason: string) =>
  expect.objectContaining({ code: 'password_refused', details: expect.objectContaining({ reason }) });

test.each([
  'four green apples fly slowly',
  'fourgreenapplesflyslowly',
  'vier grüne Äpfel fliegen langsam',
  '四個綠色的蘋果飛得很慢很慢很慢啊',
  'no-capital-no-digit-needed',
  'overcast-tidy-relapse-hamster',
  `${'long enough to hash '.repeat(12)}and no longer`,
])('the password %j is good', async (password) => {
  await expect(requireGoodPassword(password, OWN_WORDS)).resolves.toBeUndefined();
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
])('the password %j is refused: %s', async (password, reason) => {
  await expect(requireGoodPassword(password, OWN_WORDS)).rejects.toThrow(refused(reason));
});

test.each([
  'correcthorsebatterystaple',
  'correct horse battery staple',
  'Correct-Horse-Battery-Staple1!',
  'mypasswordis123',
  'my password is 123',
  'thisismypassword',
  'ihavenopassword1',
  'letmeinplease123',
])('the password %j, known from leaks and the web, is refused', async (password) => {
  await expect(requireGoodPassword(password, OWN_WORDS)).rejects.toThrow(refused('password_too_common'));
});

test.each(['momsanaladventure', 'hd764nw5d7e1vb1', 'Lhbjkjubz2957704', 'zQjphsyf6ctifgu'])(
  'the password %j of the list of leaked ones is refused',
  async (password) => {
    await expect(requireGoodPassword(password, OWN_WORDS)).rejects.toThrow(refused('password_too_common'));
  },
);

test.each(['willkommen2026!', 'herzlichwillkommen', 'geheimespasswort', 'Passwort12345678', 'sommersonnenschein'])(
  'the password %j of German words is refused',
  async (password) => {
    await expect(requireGoodPassword(password, OWN_WORDS)).rejects.toThrow(refused('password_too_common'));
  },
);

test('only as much of a password is judged as can be judged quickly', async () => {
  const longTail = `${'a'.repeat(64)} four green apples fly slowly`;
  await expect(requireGoodPassword(longTail, OWN_WORDS)).rejects.toThrow(refused('password_too_common'));
});

test('while a hostile password is judged, the event loop goes on', async () => {
  await findPasswordProblem('four green apples fly slowly', OWN_WORDS); // the thread is there
  let isJudged = false;
  const judged = findPasswordProblem(HOSTILE, OWN_WORDS).then(() => {
    isJudged = true;
  });
  await turn();
  expect(isJudged).toBe(false);
  await judged;
});

test('passwords are judged in bounded number: beyond it the answer is to try again in a few seconds', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 102 }, () => findPasswordProblem('a'.repeat(20), [])));
  const busy = outcomes.filter(({ status }) => status === 'rejected');
  expect(busy).toHaveLength(1);
  expect(busy[0]).toMatchObject({ reason: { code: 'unavailable', details: { retryAfter: 5 } } });
  expect(statusOf((busy[0] as PromiseRejectedResult).reason)).toBe(503);
});

test('passwords are hashed and compared in one bounded number', async () => {
  const hash = await hashPassword('four green apples fly slowly');
  const hashing = Array.from({ length: 51 }, () => hashPassword('four green apples fly slowly'));
  const comparing = Array.from({ length: 52 }, () => matchesHash('four green apples fly slowly', hash));
  const outcomes = await Promise.allSettled([...hashing, ...comparing]);
  const busy = outcomes.filter(({ status }) => status === 'rejected');
  expect(busy).toHaveLength(1);
  expect(busy[0]).toMatchObject({ reason: { code: 'unavailable', details: { retryAfter: 5 } } });
  expect(statusOf((busy[0] as PromiseRejectedResult).reason)).toBe(503);
});

test('a process that has judged a password ends by itself', async () => {
  const script = `
    import { findPasswordProblem } from './commands/passwords/password.ts';
    console.log((await findPasswordProblem('willkommen2026!', [])).details.reason);
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env: { PATH: '' } });
  expect(stdout).toBe('password_too_common\n');
});

test('a password is hashed with its own salt, in the form that every keyboard gives it', async () => {
  const [first, second] = [await hashPassword('Pfützen trocknen'), await hashPassword('Pfützen trocknen')];
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
  const decomposed = await hashPassword('Pfützen trocknen'.normalize('NFD'));
  expect(await matchesHash('Pfützen trocknen'.normalize('NFC'), decomposed)).toBe(true);
  expect(await matchesHash('Pfutzen trocknen', first)).toBe(false);
});
