import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Session } from '../../db/entities/index.ts';
import { nextPage } from '../../portal/sign-in/read-draft.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { invite } from '../harness/invite.ts';
import { insertOperator, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
});
afterAll(() => stage.close());

const sessionsOf = (id: string) => stage.db.database.em.fork().find(Session, { portalUser: id });

test('nobody gets in without signing in, and comes back to where they wanted to go', async () => {
  const { email } = await confirmed(stage, api, { name: 'Jane Doe' });
  const client = consoleClient(stage.url);
  const asked = await client.get(`/p/${slug}/account?a=b`);
  expect([asked.status, asked.location]).toEqual([303, `/p/${slug}/sign-in?next=%2Fp%2F${slug}%2Faccount%3Fa%3Db`]);
  const form = await client.get(asked.location!);
  expect(form.html).toContain(`value="/p/${slug}/account?a&#x3D;b"`);
  expect(client.cookies.size).toBe(0);

  const answer = await signInFrom(client, slug, ` ${email.toUpperCase()} `, PASSWORD, {
    next: `/p/${slug}/account?a=b`,
  });
  expect([answer.status, answer.location]).toEqual([303, `/p/${slug}/account?a=b`]);
  expect((await client.get(`/p/${slug}/account`)).html).toContain('Jane Doe');
});

test('the portal itself is where signing in leads', async () => {
  const { email } = await confirmed(stage, api);
  const client = consoleClient(stage.url);
  expect((await client.get(`/p/${slug}`)).location).toBe(`/p/${slug}/sign-in?next=%2Fp%2F${slug}`);
  expect((await signInFrom(client, slug, email)).location).toBe(`/p/${slug}`);
  expect((await client.get(`/p/${slug}`)).status).toBe(200);
});

test('a wrong password, an unknown address, and who may not be here get the same answer, without a session', async () => {
  const [right, gone] = [await confirmed(stage, api), await confirmed(stage, api)];
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  const waiting = await invite(stage, api);
  const elsewhere = await stage.openPortal();
  const other = await confirmed(stage, elsewhere.api);
  const operator = await insertOperator(stage.db.database, slug);
  const attempts: [string, string][] = [
    [right.email, 'a wrong password, long enough'],
    ['nobody@example.com', PASSWORD],
    ['not an address', PASSWORD],
    [waiting.email, PASSWORD],
    [gone.email, PASSWORD],
    [other.email, PASSWORD],
    [operator.email, OPERATOR_PASSWORD],
  ];
  const answers = [];
  for (const [email, password] of attempts) {
    const client = consoleClient(stage.url);
    const { status, headers, html } = await signInFrom(client, slug, email, password);
    const varying = ['date', 'etag', 'content-length'];
    const same = [...headers].filter(([name]) => !varying.includes(name));
    answers.push({ status, headers: same, html: html.replace(email, 'E-MAIL') });
    expect([...client.cookies]).toEqual([]);
  }
  expect(answers[0]!.status).toBe(401);
  expect(answers[0]!.html).toContain('This e-mail address and password do not match.');
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect((await signInFrom(consoleClient(stage.url), elsewhere.slug, other.email)).status).toBe(303);
});

test("one portal's cookie opens no other portal, under no name", async () => {
  const elsewhere = await stage.openPortal();
  await confirmed(stage, elsewhere.api);
  const { email } = await confirmed(stage, api);
  const { client } = await signedInBrowser(stage, slug, email);
  const asked = await client.get(`/p/${elsewhere.slug}/account`);
  expect(asked.location).toMatch(new RegExp(`^/p/${elsewhere.slug}/sign-in`));
  client.cookies.set(`portal_${elsewhere.slug}_session`, client.cookies.get(`portal_${slug}_session`)!);
  expect((await client.get(`/p/${elsewhere.slug}/account`)).location).toMatch(/sign-in/);
  client.cookies.set('console_session', client.cookies.get(`portal_${slug}_session`)!);
  expect((await client.get('/console/account')).location).toMatch(/^\/console\/sign-in/);
});

test('signing in begins a new session, whoever had planted one before', async () => {
  const [attacker, victim] = [await confirmed(stage, api), await confirmed(stage, api)];
  const { client } = await signedInBrowser(stage, slug, attacker.email);
  const planted = client.cookies.get(`portal_${slug}_session`)!;
  await signInFrom(client, slug, victim.email);
  expect(client.cookies.get(`portal_${slug}_session`)).not.toBe(planted);
  expect((await client.get(`/p/${slug}/account`)).html).toContain(victim.email);
  const thief = consoleClient(stage.url);
  thief.cookies.set(`portal_${slug}_session`, planted);
  expect((await thief.get(`/p/${slug}/account`)).status).toBe(303);
  expect(await sessionsOf(attacker.id)).toEqual([]);
});

test('the cookies are kept from scripts and other sites, and by TLS bound to this host', async () => {
  const { email } = await confirmed(stage, api);
  const { headers } = await signInFrom(consoleClient(stage.url), slug, email);
  const cookies = headers.getSetCookie().toSorted();
  expect(cookies).toEqual([
    expect.stringMatching(
      /^portal_[\w-]+_device=\S+; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    ),
    expect.stringMatching(/^portal_[\w-]+_session=\S+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
  ]);

  await using tls = await serve({ ...stage.services, publicUrl: 'https://portal.example', trustProxy: 1 });
  const fields = { email, password: PASSWORD };
  const secure = await consoleClient(tls.url).post(`/p/${slug}/sign-in`, fields, { 'x-forwarded-proto': 'https' });
  expect(secure.headers.getSetCookie()).toHaveLength(2);
  for (const cookie of secure.headers.getSetCookie()) {
    expect(cookie).toMatch(/^__Host-portal_[\w-]+=.*; Path=\/;.*; HttpOnly; Secure; SameSite=Lax$/);
  }
  const plain = await consoleClient(tls.url).post(`/p/${slug}/sign-in`, fields);
  expect([plain.status, plain.html.includes('at https://portal.example')]).toEqual([403, true]);
  expect(plain.headers.getSetCookie()).toEqual([]);
});

test('signing out ends the session, and a copy of its cookie opens nothing', async () => {
  const { email, id } = await confirmed(stage, api);
  const { client, opens } = await signedInBrowser(stage, slug, email);
  const cookie = client.cookies.get(`portal_${slug}_session`)!;
  expect((await client.post(`/p/${slug}/sign-out`)).location).toBe(`/p/${slug}/sign-in`);
  client.cookies.set(`portal_${slug}_session`, cookie);
  expect(await opens()).toBe(false);
  expect(await sessionsOf(id)).toEqual([]);
});

test("another site's page signs nobody in or out", async () => {
  const { email } = await confirmed(stage, api);
  const { client, opens } = await signedInBrowser(stage, slug, email);
  const foreign = { 'sec-fetch-site': 'cross-site' };
  expect((await client.post(`/p/${slug}/sign-out`, {}, foreign)).status).toBe(403);
  expect(await opens()).toBe(true);
  const stranger = consoleClient(stage.url);
  expect((await stranger.post(`/p/${slug}/sign-in`, { email, password: PASSWORD }, foreign)).status).toBe(403);
  expect(stranger.cookies.size).toBe(0);
});

test('a portal that is not enabled yet is not open, and one that does not exist is nowhere', async () => {
  const { slug: closed } = await stage.openPortal();
  for (const page of ['', '/sign-in', '/forgotten-password', `/reset/${'A'.repeat(71)}`, '/account']) {
    const { status, html } = await consoleClient(stage.url).get(`/p/${closed}${page}`);
    expect([page, status, html.includes('not open yet')]).toEqual([page, 403, true]);
  }
  expect((await signInFrom(consoleClient(stage.url), closed, 'a@example.com')).status).toBe(403);
  expect((await consoleClient(stage.url).get('/p/nowhere/sign-in')).status).toBe(404);
});

test('what was typed is shown as typed, never run, and the password never', async () => {
  for (const email of ['"><script>alert(1)</script>', '{{contact}}', '🎉'.repeat(300), 'ab\u202egnp.exe']) {
    const { status, html } = await signInFrom(consoleClient(stage.url), slug, email, 'this one is not shown again');
    expect(status).toBe(401);
    expect(html).not.toMatch(/<script>|not shown again/);
  }
});

test('the page speaks the language of the browser, and of the portal user once signed in', async () => {
  const { email } = await confirmed(stage, api, { locale: 'de' });
  const client = consoleClient(stage.url);
  const german = await client.get(`/p/${slug}/sign-in`, { 'accept-language': 'de-AT' });
  expect(german.html).toMatch(/<html lang="de">[\s\S]*Passwort vergessen/);
  expect((await client.get(`/p/${slug}/sign-in`)).html).toMatch(/<html lang="en">[\s\S]*I forgot my password/);
  await signInFrom(client, slug, email);
  expect((await client.get(`/p/${slug}/account`)).html).toMatch(/<html lang="de">[\s\S]*Passwort ändern/);
});

test('who has confirmed finds the way to sign in; the link itself signs nobody in', async () => {
  const { link } = await confirmed(stage, api);
  for (const page of [link, `${stage.url}/p/${slug}/welcome?language=en`]) {
    const answer = await fetch(page, { headers: { accept: 'text/html' } });
    expect(await answer.text()).toContain(`href="/p/${slug}/sign-in"`);
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});

test.each([
  undefined,
  ['/p/acme/account', '/p/acme/account'],
  '',
  '/',
  '/console',
  '/p/other/account',
  '/p/acme2/account',
  '/p/acme/sign-in',
  '/p/acme/sign-out',
  '/p/acme/sign-out-everywhere',
  '/p/acme/reset/abc',
  '/p/acme/forgotten-password?sent=1',
  '//evil.example/p/acme/x',
  '/\\evil.example/p/acme/x',
  '/p/acme/../other/account',
  '/p/acme/%2e%2e/other',
  '/p/acme/..//evil.example',
  'https://evil.example/p/acme/x',
  'javascript:alert(1)',
])('%j leads nowhere but to the portal', (wanted) => {
  expect(nextPage('acme', wanted)).toBe('/p/acme');
});
