import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Portal } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Failed sign-ins of one operator from one network. */
const LIMIT = 10;

let stage: Stage;
let portal: Portal;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database);
});
afterAll(() => stage.close());

const newOperator = () => insertOperator(stage.db.database, portal.slug);
const forget = () => stage.db.database.em.fork().execute('delete from rate_limits');

/** Signs in from an address, as the proxy before us names it. */
function from(client: ConsoleClient, address: string | undefined, email: string, password = OPERATOR_PASSWORD) {
  const headers = address === undefined ? undefined : { 'x-forwarded-for': address };
  return client.post('/console/sign-in', { email, password }, headers);
}

async function guess(url: string, email: string, address?: string, times = LIMIT): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) {
    statuses.push((await from(consoleClient(url), address, email, `guess number ${i} of very many`)).status);
  }
  return statuses;
}

test('after ten failures even the right password waits, and the page says how long', async () => {
  await forget();
  const { email } = await newOperator();
  expect(await guess(stage.url, email)).toEqual(Array(LIMIT).fill(401));
  const { status, headers, html } = await consoleClient(stage.url).signIn(email);
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
  expect(html).toContain('Too many sign-ins failed. Try again in 15 minutes.');
  expect(html).toContain(`value="${email}"`);

  const nearlyOver = 'update rate_limits set expire = ?';
  await stage.db.database.em.fork().execute(nearlyOver, [Date.now() + 30_000]);
  expect((await consoleClient(stage.url).signIn(email)).html).toContain('Try again in 1 minute.');
  await stage.db.database.em.fork().execute(nearlyOver, [Date.now() - 1]);
  expect((await consoleClient(stage.url).signIn(email)).status).toBe(303);
});

test('guesses that come all at once are counted, too', async () => {
  await forget();
  const { email } = await newOperator();
  const guesses = Array.from({ length: 3 * LIMIT }, () =>
    consoleClient(stage.url).signIn(email, 'one of many guesses'),
  );
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(LIMIT);
  expect(statuses.filter((status) => status === 429)).toHaveLength(2 * LIMIT);
});

test('who succeeds has all attempts again', async () => {
  await forget();
  const { email } = await newOperator();
  for (let i = 0; i < 2; i += 1) {
    expect(await guess(stage.url, email, undefined, LIMIT - 1)).toEqual(Array(LIMIT - 1).fill(401));
    expect((await consoleClient(stage.url).signIn(email)).status).toBe(303);
  }
});

test('a browser that the operator has signed in with before is not locked out by guesses from its own network', async () => {
  await forget();
  const { email } = await newOperator();
  const browser = consoleClient(stage.url);
  await browser.signIn(email);
  await browser.post('/console/sign-out');
  await guess(stage.url, email);
  expect((await consoleClient(stage.url).signIn(email)).status).toBe(429);
  expect((await browser.signIn(email)).status).toBe(303);
});

test("the mark of such a browser is one operator's, cannot be made by others, and limits guesses as well", async () => {
  await forget();
  const [mine, theirs] = [await newOperator(), await newOperator()];
  const browser = consoleClient(stage.url);
  await browser.signIn(theirs.email);
  await guess(stage.url, mine.email);
  expect((await browser.signIn(mine.email)).status).toBe(429);
  const forged = consoleClient(stage.url);
  forged.cookies.set('console_device', `${'0'.repeat(36)}.${'A'.repeat(43)}`);
  expect((await forged.signIn(mine.email)).status).toBe(429);

  for (let i = 0; i < LIMIT; i += 1) await browser.signIn(theirs.email, 'a guess at a known browser');
  expect((await browser.signIn(theirs.email)).status).toBe(429);
});

test('without a trusted proxy nobody gets another network by saying so', async () => {
  await forget();
  const { email } = await newOperator();
  await guess(stage.url, email, '203.0.113.1');
  const headers = { 'x-forwarded-for': '198.51.100.9', 'x-real-ip': '198.51.100.9', forwarded: 'for=198.51.100.9' };
  const fields = { email, password: OPERATOR_PASSWORD };
  expect((await consoleClient(stage.url).post('/console/sign-in', fields, headers)).status).toBe(429);
});

test('behind a proxy each network counts for itself, and what the caller adds before the proxy counts nothing', async () => {
  await forget();
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  const { email } = await newOperator();
  await guess(api.url, email, '203.0.113.1');
  expect((await from(consoleClient(api.url), '203.0.113.1', email)).status).toBe(429);
  expect((await from(consoleClient(api.url), '198.51.100.9, 203.0.113.1', email)).status).toBe(429);
  expect((await from(consoleClient(api.url), '198.51.100.9', email)).status).toBe(303);
});

test('the addresses of one IPv6 network count as one', async () => {
  await forget();
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  const { email } = await newOperator();
  for (let i = 0; i < LIMIT; i += 1) await guess(api.url, email, `2001:db8:1:2::${i + 1}`, 1);
  expect((await from(consoleClient(api.url), '2001:db8:1:2:ffff::', email)).status).toBe(429);
  expect((await from(consoleClient(api.url), '2001:db8:1:3::1', email)).status).toBe(303);
});

test('a network that tries many addresses is slowed down, and the others are not', async () => {
  await forget();
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  const { email } = await newOperator();
  const many = Array.from({ length: 100 }, (_, i) =>
    from(consoleClient(api.url), '203.0.113.1', `nobody.${i}@example.com`, 'a common password'),
  );
  const statuses = (await Promise.all(many)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([401]));
  const [blamed, unknown] = [await newOperator(), 'somebody.else@example.com'];
  await guess(api.url, blamed.email, '198.51.100.9', 1);
  expect((await from(consoleClient(api.url), '203.0.113.1', blamed.email)).status).toBe(429);
  for (const address of [email, unknown]) {
    const { status, headers, html } = await from(consoleClient(api.url), '203.0.113.1', address, 'one wrong password');
    expect([status, html.includes('Too many sign-ins failed. Try again in 15 minutes.')]).toEqual([429, true]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
  }
  expect((await from(consoleClient(api.url), '198.51.100.9', blamed.email)).status).toBe(303);
});

test('an account without failures of its own gets in from a network over its limit, up to ten times the limit', async () => {
  await forget();
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  const [first, second] = [await newOperator(), await newOperator()];
  await guess(api.url, 'nobody@example.com', '203.0.113.1', 1);
  const failures = (points: number) =>
    stage.db.database.em
      .fork()
      .execute("update rate_limits set points = ? where key like 'sign-in-network:%'", [points]);
  await failures(999);
  expect((await from(consoleClient(api.url), '203.0.113.1', first.email)).status).toBe(303);
  await failures(1000);
  expect((await from(consoleClient(api.url), '203.0.113.1', second.email)).status).toBe(429);
  expect((await from(consoleClient(api.url), '198.51.100.9', second.email)).status).toBe(303);
});

test('an IPv6 site is counted by /64, /56 and /48, each with twice the limit of the smaller', async () => {
  await forget();
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  const attempt = (address: string) => guess(api.url, `nobody.at.${address}@example.com`, address, 1);
  await attempt('2001:db8:1:1::1');
  await attempt('2001:db8:1:102::1');
  await attempt('2001:db8:1:103::1');
  const rows = await stage.db.database.em
    .fork()
    .execute<{ points: number }[]>("select points from rate_limits where key like 'sign-in-network:%' order by points");
  expect(rows.map(({ points }) => points)).toEqual([1, 1, 1, 1, 2, 3]);

  const { email } = await newOperator();
  await guess(api.url, email, '192.0.2.1', 1); // an account with a failure of its own
  const full = (points: number) =>
    stage.db.database.em
      .fork()
      .execute("update rate_limits set points = ? where points = 3 and key like 'sign-in-network:%'", [points]);
  await full(399);
  expect(await guess(api.url, email, '2001:db8:1:204::1', 1)).toEqual([401]); // the 400th of the /48
  expect(await guess(api.url, email, '2001:db8:1:305::1', 1)).toEqual([429]);
  expect(await guess(api.url, email, '2001:db8:2:305::1', 1)).toEqual([401]);
});

/** As if so many sign-ins in a row had failed, from many networks. */
async function failInARow(email: string, times: number): Promise<void> {
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  for (let network = 0; times > 0; network += 1, times -= LIMIT) {
    await guess(api.url, email, `192.0.2.${network}`, Math.min(times, LIMIT));
  }
}

test('after a hundred failures in a row, from however many networks, only a known browser gets in, and ends the row', async () => {
  await forget();
  const { email } = await newOperator();
  const [known, unknown] = [consoleClient(stage.url), consoleClient(stage.url)];
  await known.signIn(email);
  await known.post('/console/sign-out');
  await failInARow(email, 99);
  await failInARow('nobody@example.com', 99);
  await using api = await serve({ ...stage.services, trustProxy: 1 });
  for (const address of [email, 'nobody@example.com']) {
    expect(await guess(api.url, address, '198.51.100.1', 2)).toEqual([401, 429]);
    const { status, headers, html } = await unknown.signIn(address);
    expect([status, headers.get('retry-after')]).toEqual([429, null]);
    expect(html).toContain('Too many sign-ins failed in a row. Sign in with a browser that you have used before');
  }
  const later = 'update rate_limits set expire = expire - ?';
  await stage.db.database.em.fork().execute(later, [80 * 86_400_000]);
  expect((await unknown.signIn(email)).status).toBe(429);
  expect((await known.signIn(email)).status).toBe(303);
  expect((await unknown.signIn(email)).status).toBe(303);
});

test('a success ends the row of failures, and a known browser has a row of its own', async () => {
  await forget();
  const { email } = await newOperator();
  await failInARow(email, 60);
  const browser = consoleClient(stage.url);
  expect((await browser.signIn(email)).status).toBe(303);
  await stage.db.database.em.fork().execute("delete from rate_limits where key not like 'sign-in-row:%'");
  await failInARow(email, 60);
  await stage.db.database.em.fork().execute("delete from rate_limits where key not like 'sign-in-row:%'");
  expect((await consoleClient(stage.url).signIn(email)).status).toBe(303);

  const full = "update rate_limits set points = 100 where key like 'sign-in-row:%/%'";
  await browser.signIn(email, 'one wrong password');
  await stage.db.database.em.fork().execute(full);
  expect((await browser.signIn(email)).status).toBe(429);
  expect((await consoleClient(stage.url).signIn(email)).status).toBe(303);
});

test('no address, of a person or of a network, stands in the counts', async () => {
  await forget();
  await guess(stage.url, 'private.person@example.com', undefined, 1);
  const rows = await stage.db.database.em.fork().execute<{ key: string }[]>('select key from rate_limits');
  expect(rows).toHaveLength(3);
  expect(JSON.stringify(rows)).not.toMatch(/private|example|127/);
});
