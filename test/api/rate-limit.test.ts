import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serve } from '../harness/serve.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';

const LIMIT = 5;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const limited = () => serve({ ...stage.services, apiRateLimit: LIMIT, trustProxy: 1 });

async function call(
  url: string,
  { key, from }: { key?: string | undefined; from?: string },
  path = '/v1/portals/nowhere',
) {
  const headers = { ...(key && { authorization: `Bearer ${key}` }), ...(from && { 'x-forwarded-for': from }) };
  const response = await fetch(url + path, { headers });
  const header = (name: string) => response.headers.get(name);
  return {
    status: response.status,
    policy: header('ratelimit-policy'),
    left: header('ratelimit'),
    retryAfter: header('retry-after'),
    body: (await response.json()) as { code?: string; detail?: string; retryAfter?: number },
  };
}

const until = async (times: number, one: () => Promise<{ status: number }>) => {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) statuses.push((await one()).status);
  return statuses;
};

test('each answer says how many calls are left, and the one over the limit is 429 with when to try again', async () => {
  await using api = await limited();
  const { key, slug } = await stage.openPortal();
  const path = `/v1/portals/${slug}`;
  const first = await call(api.url, { key }, path);
  expect(first).toMatchObject({
    status: 200,
    policy: '"default";q=5;w=60',
    left: '"default";r=4;t=60',
    retryAfter: null,
  });
  expect(await until(LIMIT - 1, () => call(api.url, { key }, path))).toEqual([200, 200, 200, 200]);

  const over = await call(api.url, { key }, path);
  const seconds = Number(over.retryAfter);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(over).toMatchObject({
    status: 429,
    policy: '"default";q=5;w=60',
    left: `"default";r=0;t=${seconds}`,
    body: {
      type: 'urn:portal-invitations:problem:rate_limited',
      code: 'rate_limited',
      retryAfter: seconds,
      detail: `At most 5 calls a minute are answered. Try again in ${seconds} s.`,
    },
  });
});

test('each key is counted by itself: two keys of one portal, and the administrator', async () => {
  await using api = await limited();
  const { key, slug, api: portal } = await stage.openPortal();
  const { body } = await stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'second' }).expecting(201);
  const path = `/v1/portals/${slug}`;
  expect(await until(LIMIT + 1, () => call(api.url, { key }, path))).toEqual([200, 200, 200, 200, 200, 429]);
  expect((await call(api.url, { key: body.key }, path)).status).toBe(200);
  expect(await until(LIMIT + 1, () => call(api.url, { key: ADMIN_API_KEY }))).toEqual([404, 404, 404, 404, 404, 429]);
  await portal.get('').expecting(200); // another process has a count of its own
});

test('calls without a valid key are counted by network, and use up no key of the same network', async () => {
  await using api = await limited();
  const from = '203.0.113.1';
  const wrong = ['one', 'two', 'three', undefined, undefined, 'four'];
  const statuses: number[] = [];
  for (const key of wrong) statuses.push((await call(api.url, { key, from })).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect((await call(api.url, { key: 'five', from }, '/v1/nothing/here')).status).toBe(429);
  expect((await call(api.url, { key: ADMIN_API_KEY, from })).status).toBe(404);
  expect((await call(api.url, { from: '198.51.100.9' })).status).toBe(401);
});

test('an IPv6 network has no more calls for having many addresses', async () => {
  await using api = await limited();
  for (let i = 0; i < LIMIT; i += 1) await call(api.url, { from: `2001:db8:1:1::${i}` });
  expect((await call(api.url, { from: '2001:db8:1:1:ffff::' })).status).toBe(429);
  expect((await call(api.url, { from: '2001:db8:1:2::1' })).status).toBe(401);
});

test('a key over its limit is refused without being looked up', async () => {
  await using api = await limited();
  const { key, slug } = await stage.openPortal();
  await until(LIMIT, () => call(api.url, { key }, `/v1/portals/${slug}`));
  await stage.db.database.em.fork().execute('alter table api_keys rename to gone');
  const { status } = await call(api.url, { key }, `/v1/portals/${slug}`);
  await stage.db.database.em.fork().execute('alter table gone rename to api_keys');
  expect(status).toBe(429);
});

test('the OpenAPI description names the limit and its headers at every operation', async () => {
  const { body } = await stage.admin.get('/openapi.json').expecting(200);
  const operations = Object.entries<Record<string, { responses: Record<string, { headers?: object }> }>>(body.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .flatMap(([, byMethod]) => Object.values(byMethod));
  expect(operations.length).toBeGreaterThan(20);
  for (const { responses } of operations) {
    expect(JSON.stringify(responses[429])).toContain('`rate_limited`');
    expect(Object.keys(responses[429]!.headers!).toSorted()).toEqual(['RateLimit', 'RateLimit-Policy', 'Retry-After']);
    for (const { headers } of Object.values(responses)) {
      expect(Object.keys(headers!)).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy']));
    }
  }
});
