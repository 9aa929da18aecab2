import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { insertOperator } from '../harness/rows.ts';
import { confirmed } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
const CHROME =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

let stage: Stage;
let slug: string;
let api: ApiClient;
let account: string;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
  account = `/p/${slug}/account`;
});
afterAll(() => stage.close());

async function signInWith(email: string, userAgent: string): Promise<ConsoleClient> {
  const client = consoleClient(stage.url);
  await client.post(`/p/${slug}/sign-in`, { email, password: PASSWORD }, { 'user-agent': userAgent });
  return client;
}

const opens = async (client: ConsoleClient) => (await client.get(account)).status === 200;

async function listed(client: ConsoleClient) {
  const { html } = await client.get(account);
  const rows = html.match(/<ul class="rows sessions">([\s\S]*?)<\/ul>/)![1]!.match(/<li>[\s\S]*?<\/li>/g)!;
  return rows.map((row) => ({
    name: /<bdi>([^<]*)<\/bdi>/.exec(row)![1],
    isThis: /<span class="status">/.test(row),
    end: /action="([^"]+)"/.exec(row)![1]!,
    text: row.replaceAll(/<[^>]+>/g, ' '),
  }));
}

test.each([
  ['en', 'Firefox on Windows', 'Chrome on Android', 'This browser', 'End session', 'The session was ended.'],
  ['de', 'Firefox unter Windows', 'Chrome unter Android', 'Dieser Browser', 'Sitzung beenden', 'wurde beendet.'],
])('a portal user sees where they are signed in, and ends one session of them (%s)', async (...words) => {
  const [locale, firefox, chrome, thisBrowser, end, ended] = words;
  const { email } = await confirmed(stage, api, { locale });
  const [here, there] = [await signInWith(email, FIREFOX), await signInWith(email, CHROME)];
  const rows = await listed(here);
  expect(rows).toHaveLength(2);
  const mine = rows.find(({ isThis }) => isThis)!;
  const theirs = rows.find(({ isThis }) => !isThis)!;
  expect([mine.name, theirs.name]).toEqual([firefox, chrome]);
  expect(mine.text).toContain(thisBrowser);
  expect(theirs.text).toMatch(/\d{4}, \d\d:\d\d UTC[\s\S]*\d\d:\d\d UTC/);
  expect(theirs.text).toContain(end);

  expect((await here.post(theirs.end)).location).toBe(account);
  expect((await here.get(account)).html).toContain(ended);
  expect([await opens(here), await opens(there)]).toEqual([true, false]);
  await here.post(mine.end);
  expect(await opens(here)).toBe(false);
});

test('a session of another portal user, of an operator, and what names none is not found and ends nothing', async () => {
  const [first, second] = [await confirmed(stage, api), await confirmed(stage, api)];
  const [mine, theirs] = [await signInWith(first.email, FIREFOX), await signInWith(second.email, FIREFOX)];
  const operator = consoleClient(stage.url);
  await operator.signIn((await insertOperator(stage.db.database, slug)).email);
  const [, ofOperator] = /account\/sessions\/([^/]+)\/end/.exec((await operator.get('/console/account')).html)!;
  const end = (await listed(theirs))[0]!.end;
  for (const path of [end, ...[ofOperator, randomUUID(), 'x'].map((id) => `${account}/sessions/${id}/end`)]) {
    expect((await mine.post(path)).status).toBe(404);
  }
  expect([await opens(mine), await opens(theirs)]).toEqual([true, true]);
  expect((await operator.get('/console/account')).status).toBe(200);
});
