import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { insertOperator } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine quiet owls read slowly';

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
});
afterAll(() => stage.close());

function changed(more: Record<string, string> = {}): Record<string, string> {
  return { currentPassword: PASSWORD, password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD, ...more };
}

test('the account says who is signed in, as typed', async () => {
  const { email } = await confirmed(stage, api, { name: '<b>Jane</b> {{x}} $t(signIn.title)' });
  const { client } = await signedInBrowser(stage, slug, email);
  const { html } = await client.get(`/p/${slug}/account`);
  expect(html).toContain('You are signed in as &lt;b&gt;Jane&lt;/b&gt; {{x}} $t(signIn.title).');
  expect(html).toContain(email);
});

test('a new password ends every other session, is recorded, and is the only one from then on', async () => {
  const { id, email } = await confirmed(stage, api);
  const [here, elsewhere] = [await signedInBrowser(stage, slug, email), await signedInBrowser(stage, slug, email)];
  const answer = await here.client.post(`/p/${slug}/account/password`, changed());
  expect([answer.status, answer.location]).toEqual([303, `/p/${slug}/account`]);
  expect((await here.client.get(answer.location!)).html).toContain('Your password was changed.');
  expect((await here.client.get(answer.location!)).html).not.toContain('Your password was changed.');
  expect([await here.opens(), await elsewhere.opens()]).toEqual([true, false]);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(401);
  expect((await signInFrom(consoleClient(stage.url), slug, email, NEW_PASSWORD)).status).toBe(303);

  const [event] = await stage.db.database.em
    .fork()
    .find(Event, { portalUser: id }, { orderBy: { id: 'desc' }, limit: 1 });
  expect(event).toMatchObject({ type: 'portal_user_password_changed', actor: 'portal_user', data: { by: 'account' } });
  const operator = consoleClient(stage.url);
  await operator.signIn((await insertOperator(stage.db.database, slug)).email);
  expect((await operator.get(`/console/${slug}/users/${id}`)).html).toContain('Changed the password');
});

const REFUSED: [string, Record<string, string>, string][] = [
  ['the wrong current password', { currentPassword: 'not the current one' }, 'This is not your current password.'],
  ['no current password', { currentPassword: '' }, 'This is not your current password.'],
  ['two passwords', { passwordAgain: `${NEW_PASSWORD} ` }, 'The two passwords are not the same.'],
  ['a short password', { password: 'short', passwordAgain: 'short' }, 'Please use at least 15 characters.'],
  ['a common one', { password: 'passwordpassword', passwordAgain: 'passwordpassword' }, 'too easy to guess'],
];
test.each(REFUSED)('%s changes nothing, and the page says why', async (_title, fields, sentence) => {
  const { id, email } = await confirmed(stage, api);
  const [here, elsewhere] = [await signedInBrowser(stage, slug, email), await signedInBrowser(stage, slug, email)];
  const { status, html } = await here.client.post(`/p/${slug}/account/password`, changed(fields));
  expect([status, html.includes(sentence)]).toEqual([422, true]);
  expect(html).not.toContain(NEW_PASSWORD);
  expect(await elsewhere.opens()).toBe(true);
  expect((await api.get(`/users/${id}/events`)).body.data[0].type).not.toBe('portal_user_password_changed');
  expect((await here.client.get(`/p/${slug}/account/password`)).location).toBe(`/p/${slug}/account`);
});

test('of two changes at once with the same current password one is made', async () => {
  const { email } = await confirmed(stage, api);
  const { client } = await signedInBrowser(stage, slug, email);
  const passwords = [NEW_PASSWORD, 'eight loud crows sing badly'];
  const answers = await Promise.all(
    passwords.map((password) =>
      client.post(`/p/${slug}/account/password`, changed({ password, passwordAgain: password })),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
  const made = passwords[answers.findIndex(({ status }) => status === 303)]!;
  expect((await signInFrom(consoleClient(stage.url), slug, email, made)).status).toBe(303);
});

test('signing out everywhere ends every other session of this portal user, and nobody else’s', async () => {
  const [{ email }, other] = [await confirmed(stage, api), await confirmed(stage, api)];
  const [here, elsewhere] = [await signedInBrowser(stage, slug, email), await signedInBrowser(stage, slug, email)];
  const theirs = await signedInBrowser(stage, slug, other.email);
  const { location } = await here.client.post(`/p/${slug}/sign-out-everywhere`);
  expect((await here.client.get(location!)).html).toContain('You are signed out everywhere but here.');
  expect([await here.opens(), await elsewhere.opens(), await theirs.opens()]).toEqual([true, false, true]);
});

test('who is deactivated is out with the next request, and a later reactivation brings no session back', async () => {
  const { id, email } = await confirmed(stage, api);
  const { client, opens } = await signedInBrowser(stage, slug, email);
  const cookie = client.cookies.get(`portal_${slug}_session`)!;
  await api.post(`/users/${id}/deactivate`).expecting(200);
  expect((await client.get(`/p/${slug}/account`)).location).toMatch(/sign-in\?next=/);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(401);
  await api.post(`/users/${id}/reactivate`).expecting(202);
  client.cookies.set(`portal_${slug}_session`, cookie);
  expect(await opens()).toBe(false);
  expect((await signInFrom(client, slug, email)).status).toBe(303);
});
