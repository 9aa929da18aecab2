import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Session } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { openConsole } from '../harness/open-console.ts';
import { openCustomerPortal, signIn } from '../harness/open-portal.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let stage: Stage;
/** Sign in anew and tell the page of the account. */
let visitors: Record<string, () => Promise<{ client: ConsoleClient; page: string }>>;
beforeAll(async () => {
  stage = await setStage();
  const [{ operator, slug }, portal] = [await openConsole(stage), await openCustomerPortal(stage)];
  visitors = {
    operator: async () => {
      const client = consoleClient(stage.url);
      await client.signIn(operator.email);
      return { client, page: '/console/account' };
    },
    'operator with an open list': async () => {
      const client = consoleClient(stage.url);
      await client.signIn(operator.email);
      return { client, page: `/console/${slug}/users` };
    },
    'portal user': async () => {
      const client = consoleClient(stage.url);
      await signIn(stage, client, portal.slug, portal.id);
      return { client, page: `${portal.path}/account` };
    },
  };
});
beforeEach(() => em().nativeDelete(Session, {}));
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const session = () => em().findOneOrFail(Session, { secretHash: { $ne: null } });
/** As if the only session had begun, or was last used, so long ago. */
async function age(times: { begun?: number; used?: number }) {
  const at = (ago: number) => new Date(Date.now() - ago);
  await em().nativeUpdate(
    Session,
    {},
    {
      ...(times.begun !== undefined && { createdAt: at(times.begun) }),
      ...(times.used !== undefined && { lastUsedAt: at(times.used) }),
    },
  );
}

describe.each([
  ['operator', 12, 1],
  ['portal user', 30 * 24, 7 * 24],
])('the session of an %s', (visitor, absoluteHours, idleHours) => {
  test(`ends ${absoluteHours} hours after the sign-in, however much it is used`, async () => {
    const { client, page } = await visitors[visitor]!();
    await age({ begun: absoluteHours * HOUR_MS - MINUTE_MS });
    expect((await client.get(page)).status).toBe(200);
    await age({ begun: absoluteHours * HOUR_MS + 1_000 });
    expect((await client.get(page)).status).toBe(303);
  });

  test(`ends after ${idleHours} hours without use, and a use counts from then on`, async () => {
    const { client, page } = await visitors[visitor]!();
    await age({ begun: (absoluteHours - 1) * HOUR_MS, used: idleHours * HOUR_MS - MINUTE_MS });
    expect((await client.get(page)).status).toBe(200);
    expect((await session()).lastUsedAt.getTime()).toBeGreaterThan(Date.now() - MINUTE_MS);
    await age({ used: idleHours * HOUR_MS + 1_000 });
    expect((await client.get(page)).status).toBe(303);
    expect((await client.get(page)).status).toBe(303);
  });
});

test('a use is written once a minute, not with every request', async () => {
  const { client, page } = await visitors.operator!();
  const used = new Date(Date.now() - 0.8 * MINUTE_MS);
  await em().nativeUpdate(Session, {}, { lastUsedAt: used });
  await client.get(page);
  expect((await session()).lastUsedAt).toEqual(used);
});

test('the cookie ends with the session, also where it is set again later', async () => {
  const client = consoleClient(stage.url);
  const { client: signedIn } = await visitors.operator!();
  for (const [name, value] of signedIn.cookies) client.cookies.set(name, value);
  await age({ begun: 10 * HOUR_MS });
  const { headers } = await client.post('/console/account/sign-out-everywhere');
  const [, expires] = /console_session=.*; Expires=([^;]+);/.exec(headers.getSetCookie().join())!;
  expect(Date.parse(expires!)).toBeLessThan(Date.now() + 2.1 * HOUR_MS);
  expect(Date.parse(expires!)).toBeGreaterThan(Date.now() + 1.9 * HOUR_MS);
});

test('a page that refreshes itself does not keep its session alive', async () => {
  const { client, page } = await visitors['operator with an open list']!();
  const used = new Date(Date.now() - 0.5 * HOUR_MS);
  await em().nativeUpdate(Session, {}, { lastUsedAt: used });
  expect((await client.get(page, { 'hx-request': 'true', 'x-background': 'true' })).status).toBe(200);
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const closing = new AbortController();
  const live = await fetch(`${stage.url}${page}/live?since=${Date.now()}`, {
    headers: { cookie, accept: 'text/event-stream' },
    signal: closing.signal,
  });
  expect(live.headers.get('content-type')).toContain('text/event-stream');
  closing.abort();
  expect((await session()).lastUsedAt).toEqual(used);
  expect((await client.get(page, { 'hx-request': 'true' })).status).toBe(200);
  expect((await session()).lastUsedAt.getTime()).toBeGreaterThan(Date.now() - MINUTE_MS);
});
