import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Operator, type Portal, Session } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';

let stage: Stage;
let portal: Portal;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database);
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const operator = () => insertOperator(stage.db.database, portal.slug);
const opens = async (client: ConsoleClient) => (await client.get('/console/account')).status === 200;

async function signInWith({ email }: Operator, userAgent: string): Promise<ConsoleClient> {
  const client = consoleClient(stage.url);
  await client.post('/console/sign-in', { email, password: OPERATOR_PASSWORD }, { 'user-agent': userAgent });
  return client;
}

/** The sessions on the account page: what they are called, which is this browser's, and how they are ended. */
async function listed(client: ConsoleClient) {
  const { html } = await client.get('/console/account');
  const rows = html.match(/<ul class="sessions">([\s\S]*?)<\/ul>/)![1]!.match(/<li>[\s\S]*?<\/li>/g)!;
  return rows.map((row) => ({
    name: /<bdi>([^<]*)<\/bdi>/.exec(row)![1],
    isThis: row.includes('(this browser)'),
    end: /action="([^"]+)"/.exec(row)![1]!,
    text: row,
  }));
}

test('an operator sees where they are signed in, and ends one session of them', async () => {
  const one = await operator();
  const [here, there] = [await signInWith(one, FIREFOX), await signInWith(one, SAFARI)];
  const used = new Date(Date.now() - 50 * 60_000);
  await em().nativeUpdate(Session, { operator: one.id, userAgent: SAFARI }, { lastUsedAt: used });
  const [mine, theirs, ...more] = await listed(here);
  expect(mine).toMatchObject({ name: 'Firefox on Windows', isThis: true });
  expect(theirs).toMatchObject({ name: 'Safari on iOS', isThis: false });
  expect(theirs!.text).toMatch(/last used <time[^>]*>50 minutes ago</);
  expect(more).toEqual([]);

  const { status, location } = await here.post(theirs!.end);
  expect([status, location]).toEqual([303, '/console/account']);
  expect((await here.get('/console/account')).html).toContain('The session was ended.');
  expect([await opens(here), await opens(there)]).toEqual([true, false]);
  expect((await here.post(theirs!.end)).status).toBe(404);
  await here.post(mine!.end);
  expect(await opens(here)).toBe(false);
});

test('a session of another operator, and what names none, is not found and ends nothing', async () => {
  const [mine, theirs] = [await signInWith(await operator(), FIREFOX), await signInWith(await operator(), FIREFOX)];
  const end = (await listed(theirs))[0]!.end;
  for (const path of [
    end,
    `/console/account/sessions/${randomUUID()}/end`,
    '/console/account/sessions/x/end',
    '/console/account/sessions/%00/end',
  ]) {
    expect((await mine.post(path)).status).toBe(404);
  }
  expect([await opens(mine), await opens(theirs)]).toEqual([true, true]);
});

test('the id on the page opens nothing, and a session that has ended is not listed', async () => {
  const one = await operator();
  const [here, there] = [await signInWith(one, FIREFOX), await signInWith(one, SAFARI)];
  const { html } = await here.get('/console/account');
  for (const client of [here, there]) {
    const [id] = decodeURIComponent(client.cookies.get('console_session')!).slice(2).split('.');
    expect(html).not.toContain(id);
  }
  const over = new Date(Date.now() - 61 * 60_000);
  await em().nativeUpdate(Session, { operator: one.id, userAgent: SAFARI }, { lastUsedAt: over });
  expect((await listed(here)).map(({ name }) => name)).toEqual(['Firefox on Windows']);
});

test.each([
  ['<script>alert(1)</script>', 'Unknown browser'],
  ['x'.repeat(5_000), 'Unknown browser'],
])('a browser that calls itself %.20s… is listed, and at most 300 characters are kept', async (userAgent, name) => {
  const one = await operator();
  const client = await signInWith(one, userAgent);
  expect(await listed(client)).toMatchObject([{ name }]);
  expect((await em().findOneOrFail(Session, { operator: one.id })).userAgent).toBe(userAgent.slice(0, 300));
});
