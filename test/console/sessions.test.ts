import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword } from '../../api/password.ts';
import { Operator, type Portal, Session } from '../../db/entities/index.ts';
import { parseLinkKeys } from '../../db/link-keys.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';

const HOUR_MS = 3_600_000;
const COOKIE = 'console_session';

let stage: Stage;
let portal: Portal;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database);
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const sessionsOf = async ({ id }: Operator) =>
  (await em().find(Session, {})).filter(({ sess }) => sess.operatorId === id);

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

test('what stands in the database opens nothing: the cookie is signed by a key that is elsewhere', async () => {
  const { operator, client } = await signedIn();
  const [row] = await sessionsOf(operator);
  const cookie = decodeURIComponent(client.cookies.get(COOKIE)!);
  expect(cookie).toMatch(/^s:[\w-]{32}\.[\w+/]{43}$/);
  expect(cookie).toContain(row!.sid);
  const mac = cookie.split('.')[1]!;
  for (const forged of [
    row!.sid,
    `s:${row!.sid}`,
    `s:${row!.sid}.`,
    `s:${row!.sid}.${'A'.repeat(43)}`,
    `j:${row!.sid}`,
  ]) {
    expect(await opensWith(encodeURIComponent(forged))).toBe(false);
  }
  const other = await signedIn();
  const [otherRow] = await sessionsOf(other.operator);
  expect(await opensWith(encodeURIComponent(`s:${otherRow!.sid}.${mac}`))).toBe(false);
  expect(await opensWith(encodeURIComponent(cookie))).toBe(true);
  expect(JSON.stringify(row)).not.toContain(operator.email);
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

test('a session ends twelve hours after the sign-in, however much it is used', async () => {
  const { operator, client, opens } = await signedIn();
  const [begun] = await sessionsOf(operator);
  expect(begun!.expire.getTime()).toBeGreaterThan(Date.now() + 11.9 * HOUR_MS);
  expect(begun!.expire.getTime()).toBeLessThan(Date.now() + 12.1 * HOUR_MS);
  const nearlyOver = new Date(Date.now() + 60_000);
  await em().nativeUpdate(Session, { sid: begun!.sid }, { expire: nearlyOver });

  await client.post('/console/account/name', { name: 'Another Name' }); // keeps something for the next page in the session
  expect((await client.get('/console/account')).html).toContain('Your name was changed.');
  const [used] = await sessionsOf(operator);
  expect(used!.expire).toEqual(nearlyOver);

  await em().nativeUpdate(Session, { sid: begun!.sid }, { expire: new Date(Date.now() - 1_000) });
  expect(await opens()).toBe(false);
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

/** Holds an operator's row while `meanwhile` runs; what waits for it goes on afterwards. */
async function whileLocked(
  operator: Operator,
  meanwhile: (change: (passwordHash: string) => Promise<void>) => Promise<void>,
) {
  await em().transactional(async (locked) => {
    await locked.execute('select from operators where id = ? for update', [operator.id]);
    await meanwhile(async (passwordHash) => {
      await locked.nativeUpdate(Operator, { id: operator.id }, { passwordHash });
    });
  });
}

async function somebodyWaits(): Promise<void> {
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await eventually(async () => (await em().execute<unknown[]>(waiting)).length > 0, 'who waits for the row');
}

test('a request that is under way does not bring back a session that was ended meanwhile', async () => {
  const { operator, client, opens } = await signedIn();
  let underWay: ReturnType<typeof client.post> | undefined;
  await whileLocked(operator, async () => {
    underWay = client.post('/console/account/name', { name: 'Late Comer' });
    await somebodyWaits();
    await em().nativeDelete(Session, { sid: (await sessionsOf(operator))[0]!.sid });
  });
  expect((await underWay!).status).toBe(303);
  expect(await sessionsOf(operator)).toEqual([]);
  expect(await opens()).toBe(false);
});

test('a sign-in with a password that is being changed begins no session', async () => {
  const operator = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(stage.url);
  const newHash = await hashPassword('the new one of two long passwords');
  let underWay: ReturnType<typeof client.signIn> | undefined;
  await whileLocked(operator, async (change) => {
    underWay = client.signIn(operator.email);
    await somebodyWaits();
    await change(newHash);
  });
  const { status, html } = await underWay!;
  expect([status, html.includes('do not match')]).toEqual([401, true]);
  expect(await sessionsOf(operator)).toEqual([]);
  expect((await client.get('/console/account')).status).toBe(303);
});
