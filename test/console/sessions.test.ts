import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword } from '../../commands/passwords/password.ts';
import type { EntityManager } from '../../db/database.ts';
import { Operator, type Portal, PortalOperator, Session } from '../../db/entities/index.ts';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { consoleClient } from '../harness/console-client.ts';
import { copyOf } from '../harness/copied-cookies.ts';
import { insertOperator, insertPortal, insertSession, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';
import { whileLocked } from '../harness/while-locked.ts';

const COOKIE = 'console_session';

let stage: Stage;
let portal: Portal;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database);
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const sessionsOf = ({ id }: Operator) => em().find(Session, { operator: id });

async function signedIn(url = stage.url) {
  const operator = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(url);
  expect((await client.signIn(operator.email)).status).toBe(303);
  return { operator, client, opens: async () => (await client.get('/console/account')).status === 200 };
}

/** What a browser sends that was given this cookie. */
async function opensWith(value: string, name = COOKIE): Promise<boolean> {
  const client = consoleClient(stage.url);
  client.cookies.set(name, value);
  return (await client.get('/console/account')).status === 200;
}

test('nobody has a session, or a cookie, before signing in', async () => {
  const client = consoleClient(stage.url);
  for (const path of ['/console', '/console/sign-in', `/console/${portal.slug}/users`, '/console/nothing']) {
    await client.get(path);
  }
  expect(client.cookies.size).toBe(0);
  expect(await em().count(Session, {})).toBe(0);
});

test('a browser that signed in with an earlier release, which used express-session, stays signed in', async () => {
  const sessionId = 'Zm9yLWFuLWVhcmxpZXItcmVsZWFzZQ-_';
  const signed = 's:Zm9yLWFuLWVhcmxpZXItcmVsZWFzZQ-_.hTa5WRX+4zJ6+LCKaox7d9O5NsmcweRmJI2vR1vVGb4'; // by cookie-signature 1.0.7
  const operator = await insertOperator(stage.db.database, portal.slug);
  expect(await opensWith(encodeURIComponent(signed))).toBe(false);
  const secretHash = createHash('sha256').update(sessionId).digest();
  await insertSession(stage.db.database, { operator: operator.id, secretHash });
  expect(await opensWith(encodeURIComponent(signed))).toBe(true);
});

test('signing in begins a new session, whoever had planted one before', async () => {
  const attacker = await signedIn();
  const planted = attacker.client.cookies.get(COOKIE)!;
  const victim = await insertOperator(stage.db.database, portal.slug);
  const browser = consoleClient(stage.url);
  browser.cookies.set(COOKIE, planted);
  await browser.signIn(victim.email);

  expect(browser.cookies.get(COOKIE)).not.toBe(planted);
  expect((await browser.get('/console/account')).html).toContain(victim.email);
  expect(await opensWith(planted)).toBe(false);
  expect(await sessionsOf(attacker.operator)).toEqual([]);
});

test('the database opens nothing: it has a hash of the id, and the cookie is signed by a key that is elsewhere', async () => {
  const { operator, client } = await signedIn();
  const [row] = await sessionsOf(operator);
  const cookie = decodeURIComponent(client.cookies.get(COOKIE)!);
  expect(cookie).toMatch(/^s:[\w-]{32}\.[\w+/]{43}$/);
  const [id, mac] = cookie.slice(2).split('.') as [string, string];
  const stored = JSON.stringify(await em().execute('select * from sessions'));
  for (const secret of [id, mac, operator.email]) expect(stored).not.toContain(secret);
  const hash = Buffer.from(row!.secretHash);
  for (const known of [row!.id, hash.toString('hex'), hash.toString('base64url'), id]) {
    for (const forged of [known, `s:${known}`, `s:${known}.`, `s:${known}.${'A'.repeat(43)}`, `j:${known}`]) {
      expect(await opensWith(encodeURIComponent(forged))).toBe(false);
    }
    if (known !== id) expect(await opensWith(encodeURIComponent(`s:${known}.${mac}`))).toBe(false);
  }
  const other = await signedIn();
  const [otherId] = decodeURIComponent(other.client.cookies.get(COOKIE)!).slice(2).split('.');
  expect(await opensWith(encodeURIComponent(`s:${otherId}.${mac}`))).toBe(false);
  expect(await opensWith(encodeURIComponent(cookie))).toBe(true);
});

test('over plain HTTP the cookies are kept from scripts and from other sites', async () => {
  const { operator } = await signedIn();
  const { headers } = await consoleClient(stage.url).signIn(operator.email);
  const cookies = headers.getSetCookie().toSorted();
  expect(cookies).toEqual([
    expect.stringMatching(/^console_device=\S+; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
    expect.stringMatching(/^console_session=\S+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/),
  ]);
});

test('where the console is reached by TLS the cookies are bound to it and to this host', async () => {
  const publicUrl = 'https://console.example';
  await using api = await serve({ ...stage.services, publicUrl, trustProxy: 1 });
  const operator = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(api.url);
  const tls = { 'x-forwarded-proto': 'https' };
  const fields = { email: operator.email, password: OPERATOR_PASSWORD };
  const { status, headers } = await client.post('/console/sign-in', fields, tls);
  expect(status).toBe(303);
  expect(headers.getSetCookie()).toHaveLength(2);
  for (const cookie of headers.getSetCookie()) {
    expect(cookie).toMatch(/^__Host-console_(session|device)=.*; Path=\/;.*; HttpOnly; Secure; SameSite=Lax$/);
    expect(cookie).not.toMatch(/domain/i);
  }
  expect((await client.get('/console/account', tls)).status).toBe(200);
  // An older browser says only from where the form comes, as it sees it: before the proxy.
  const sent = { method: 'POST', redirect: 'manual', headers: { ...tls, origin: publicUrl } } as const;
  expect((await fetch(`${api.url}/console/sign-out`, sent)).status).toBe(303);
});

test.each([
  ['the proxy is not trusted', 0, { 'x-forwarded-proto': 'https' }],
  ['the proxy says that there is no TLS', 1, { 'x-forwarded-proto': 'http' }],
  ['the proxy says nothing', 1, {}],
])('without TLS as far as we can see, since %s, the page says what to do', async (_why, trustProxy, headers) => {
  await using api = await serve({ ...stage.services, publicUrl: 'https://console.example', trustProxy });
  const operator = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(api.url);
  const sentence = 'meant to be reached at https://console.example. Behind a proxy that ends TLS, set TRUST_PROXY.';
  expect((await client.get('/console/sign-in', headers)).html).toContain(sentence);
  const fields = { email: operator.email, password: OPERATOR_PASSWORD };
  const { status, html } = await client.post('/console/sign-in', fields, headers);
  expect([status, html.includes(sentence)]).toEqual([403, true]);
  expect(client.cookies.size).toBe(0);
  expect(await sessionsOf(operator)).toEqual([]);
});

test('a new key signs, the one before still opens; once it is dropped, its sessions are over', async () => {
  const { client } = await signedIn();
  const newKey = `2:${Buffer.alloc(32, 9).toString('base64url')}`;
  const opensAt = async (linkKeys: string, cookie: string) => {
    await using api = await serve({ ...stage.services, linkKeys: parseLinkKeys(linkKeys) });
    const copy = consoleClient(api.url);
    copy.cookies.set(COOKIE, cookie);
    return (await copy.get('/console/account')).status === 200;
  };
  const cookie = client.cookies.get(COOKIE)!;
  expect(await opensAt(`${newKey},${TEST_LINK_KEYS}`, cookie)).toBe(true);
  expect(await opensAt(newKey, cookie)).toBe(false);

  await using rotated = await serve({ ...stage.services, linkKeys: parseLinkKeys(`${newKey},${TEST_LINK_KEYS}`) });
  const later = await signedIn(rotated.url);
  expect(await opensAt(newKey, later.client.cookies.get(COOKIE)!)).toBe(true);
});

const rowOf = ({ id }: Operator) => ({ table: 'operators', id }) as const;

test('a request that is under way does not bring back a session that was ended meanwhile', async () => {
  const { operator, client, opens } = await signedIn();
  const rename = () => client.post('/console/account/name', { name: 'Late Comer' });
  const endSession = () => em().nativeDelete(Session, { operator: operator.id });
  const membership = { table: 'portal_operators', id: operator.membershipId } as const;
  const { status } = await whileLocked(stage.db.database, membership, rename, endSession);
  expect(status).toBe(303);
  expect(await sessionsOf(operator)).toEqual([]);
  expect(await opens()).toBe(false);
});

const LOST: [string, (locked: EntityManager, operator: Operator) => Promise<unknown>][] = [
  [
    'with a password that is being changed',
    async (locked, { id }) =>
      locked.nativeUpdate(Operator, { id }, { passwordHash: await hashPassword('the new one of two long passwords') }),
  ],
  [
    'of an operator who is being removed from their only portal',
    (locked, { id }) => locked.nativeDelete(PortalOperator, { operator: id }),
  ],
];
test.each(LOST)('a sign-in %s begins no session', async (_title, change) => {
  const operator = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(stage.url);
  const { status, html } = await whileLocked(
    stage.db.database,
    rowOf(operator),
    () => client.signIn(operator.email),
    (locked) => change(locked, operator),
  );
  expect([status, html.includes('do not match')]).toEqual([401, true]);
  expect(client.cookies.size).toBe(0);
  expect(await sessionsOf(operator)).toEqual([]);
  expect((await client.get('/console/account')).status).toBe(303);
});

test('a copied cookie opens nothing after the password was changed', async () => {
  const { client, opens } = await signedIn();
  const copy = copyOf(stage.url, client);
  const password = 'nine small boats sail home';
  const fields = { currentPassword: OPERATOR_PASSWORD, password, passwordAgain: password };
  expect((await client.post('/console/account/password', fields)).status).toBe(303);
  expect((await copy.get('/console/account')).status).toBe(303);
  expect(await opens()).toBe(true);
});

test('a copied cookie opens nothing after its owner signed out everywhere, and the session ends no later than before', async () => {
  const { operator, client, opens } = await signedIn();
  const copy = copyOf(stage.url, client);
  const begun = new Date(Date.now() - 3_600_000);
  await em().nativeUpdate(Session, { operator: operator.id }, { createdAt: begun });
  const { headers } = await client.post('/console/account/sign-out-everywhere');
  expect((await copy.get('/console/account')).status).toBe(303);
  expect(await opens()).toBe(true);
  expect(await sessionsOf(operator)).toMatchObject([{ createdAt: begun }]);
  const [, expires] = /console_session=.*; Expires=([^;]+);/.exec(headers.getSetCookie().join())!;
  expect(Date.parse(expires!)).toBeLessThanOrEqual(begun.getTime() + 12 * 3_600_000 + 1_000);
});

test('of two browsers that sign out everywhere at once one stays signed in', async () => {
  const { operator, client } = await signedIn();
  const other = consoleClient(stage.url);
  await other.signIn(operator.email);
  const answers = await Promise.all([client, other].map((one) => one.post('/console/account/sign-out-everywhere')));
  for (const { status } of answers) expect(status).toBe(303);
  expect(await sessionsOf(operator)).toHaveLength(1);
  const opened = await Promise.all([client, other].map((one) => one.get('/console/account')));
  expect(opened.map(({ status }) => status).toSorted()).toEqual([200, 303]);
});
