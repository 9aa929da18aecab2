import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verify } from '@node-rs/argon2';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitForm, submitPassword } from '../harness/confirm.ts';
import { askForJson, expectProblem, invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

const ARGON2ID = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

test('confirming sets the password that was typed, as argon2id, and only then', async () => {
  const { link, row } = await invite(stage, api);
  const { confirm } = stage.services.invitations;
  stage.services.invitations.confirm = async (user) => {
    // Put down, but opening nothing: the confirmation is not decided yet.
    const { pendingPasswordHash, passwordHash, confirmationStatus } = await row();
    expect(pendingPasswordHash).toMatch(ARGON2ID);
    expect([passwordHash, confirmationStatus]).toEqual([null, 'not_confirmed']);
    return confirm(user);
  };
  const password = 'Ångström Pfützen 🎉 trocknen langsam';
  const answer = await submitPassword(link, password.normalize('NFD'));
  stage.services.invitations.confirm = confirm;
  expect(answer.status).toBe(303);

  const { passwordHash, pendingPasswordHash, confirmedAt } = await row();
  expect([pendingPasswordHash, confirmedAt]).toEqual([null, expect.any(Date)]);
  expect(passwordHash).toMatch(ARGON2ID);
  expect(await verify(passwordHash!, password.normalize('NFKC'))).toBe(true);
  expect(await verify(passwordHash!, `${password.normalize('NFKC')} `)).toBe(false);
});

test('the welcome page says nothing of anybody and signs nobody in', async () => {
  const { link, email } = await invite(stage, api, { name: 'Jane Doe' });
  const confirmed = await submitPassword(link);
  const address = confirmed.headers.get('location')!;
  expect(address).toMatch(/^\/p\/[\w-]+\/welcome\?language=en$/);
  const welcome = await fetch(new URL(address, stage.url));
  const html = await welcome.text();
  expect(html).toContain('You are confirmed');
  expect(html).not.toMatch(new RegExp(`${email}|Jane|${link.split('/').at(-1)}`));
  for (const { headers } of [confirmed, welcome]) expect(headers.getSetCookie()).toEqual([]);
});

const REFUSED: [string, Record<string, string | string[]>, string, string][] = [
  ['no password', {}, 'password_too_short', 'at least 15 characters'],
  ['a password once', { password: PASSWORD }, 'passwords_differ', 'are not the same'],
  ['two passwords', { password: PASSWORD, passwordAgain: `${PASSWORD} ` }, 'passwords_differ', 'are not the same'],
  ['a short password', twice('four apples'), 'password_too_short', 'at least 15 characters'],
  ['fourteen characters', twice('🎉🎊🥳🎈🎁🎀🎂🍰🧁🍾🥂🎆🎇✨'), 'password_too_short', 'at least 15 characters'],
  ['a common password', twice('passwordpassword'), 'password_too_common', 'too easy to guess'],
  ['a row of keys', twice('qwertyuiopasdfgh'), 'password_too_common', 'too easy to guess'],
  ["the portal's name", twice('Acme Help Center'), 'password_too_common', 'too easy to guess'],
  ['257 characters', twice('x9 '.repeat(86).slice(0, 257)), 'password_too_long', 'at most 256 characters'],
  [
    'a list of passwords',
    { password: [PASSWORD, PASSWORD], passwordAgain: PASSWORD },
    'passwords_differ',
    'not the same',
  ],
];

function twice(password: string) {
  return { password, passwordAgain: password };
}

test.each(REFUSED)(
  '%s is refused with the form again, and changes nothing',
  async (_title, fields, reason, sentence) => {
    const { link, row } = await invite(stage, api);
    const before = await row();
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
    const page = await submitForm(link, body);
    const html = await page.text();
    expect(page.status).toBe(422);
    expect(html).toContain(sentence);
    expect(html).toContain('type="password"');
    expect(html).not.toContain(PASSWORD);

    body.set('passwordAgain', String(fields.passwordAgain ?? '')); // a program may leave it out
    const answer = await askForJson(link, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } });
    expectProblem(answer, 422, 'password_refused', ['password']);
    expect(answer.body.reason).toBe(reason);
    expect(await row()).toEqual(before);
  },
);

test('a program may leave the second password out, but not the first', async () => {
  const { link, row } = await invite(stage, api);
  const headers = { 'content-type': 'application/json' };
  for (const body of ['{}', '[]', '{"password":null}', '{"password":["x"]}', '{"password":{"length":20}}']) {
    const answer = await askForJson(link, { method: 'POST', body, headers });
    expectProblem(answer, 422, 'password_refused', ['password']);
    expect(answer.body.reason).toBe('password_too_short');
  }
  for (const body of ['{', '"x"', 'null', `{"password":"${'x'.repeat(20_000)}"}`]) {
    const { status, body: problem } = await askForJson(link, { method: 'POST', body, headers });
    expect([400, 413]).toContain(status);
    expect(['invalid_request', 'payload_too_large']).toContain(problem.code);
  }
  expect((await row()).pendingPasswordHash).toBeNull();
  const body = JSON.stringify({ password: PASSWORD });
  expect((await askForJson(link, { method: 'POST', body, headers })).status).toBe(303);
});

test('a form of 10 MB is refused on a page, and the link stays good', async () => {
  const { link, row } = await invite(stage, api);
  const page = await submitPassword(link, 'x'.repeat(10_000_000));
  expect(page.status).toBe(413);
  expect(await page.text()).toContain('We could not read this form');
  const garbled = await fetch(link, { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
  expect(garbled.status).toBe(400);
  expect((await row()).pendingPasswordHash).toBeNull();
  expect((await submitPassword(link)).status).toBe(303);
});

test('of several confirmations at once, the one whose password counts is told so, and no other', async () => {
  const { link, row, events } = await invite(stage, api);
  const passwords = [
    'first of three long passwords',
    'second of three long passwords',
    'third of three long passwords',
  ];
  const answers = await Promise.all(passwords.map((password) => submitPassword(link, password)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409, 409]);
  const winner = answers.findIndex(({ status }) => status === 303);
  expect(await verify((await row()).passwordHash!, passwords[winner]!)).toBe(true);
  expect((await events()).filter((type) => type === 'portal_user_confirmed')).toHaveLength(1);
});

test('who was overtaken by another confirmation is told that the link was used', async () => {
  const { link, row } = await invite(stage, api);
  const { confirm } = stage.services.invitations;
  let overtaking: Response | undefined;
  stage.services.invitations.confirm = async (user) => {
    stage.services.invitations.confirm = confirm;
    overtaking = await submitPassword(link, 'the faster of two passwords');
    return confirm(user);
  };
  const overtaken = await submitPassword(link, 'the slower of two passwords');
  expect([overtaking!.status, overtaken.status]).toEqual([303, 409]);
  expect(await verify((await row()).passwordHash!, 'the faster of two passwords')).toBe(true);
});
