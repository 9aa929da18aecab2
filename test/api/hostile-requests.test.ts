import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REFUSALS } from '../../vocabulary/refusal.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { invite } from '../harness/invite.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';

const REQUESTS = 600;
const AT_ONCE = 20;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** Mulberry32: the same requests in every run. */
function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!,
    one: (n: number) => next() < 1 / n,
  };
}

const JUNK: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  '\0',
  '\ud800',
  '\r\n',
  '__proto__',
  'constructor',
  '%00',
  '../..',
  '{{name}}',
  '$t(x)',
  "' or 1=1 --",
  '<script>',
  'x'.repeat(600),
  '🎉'.repeat(300),
  [],
  {},
  [[]],
  [null],
  { $ne: null },
  { toString: 1 },
  { constructor: { prototype: {} } },
  '2026-01-01',
  '99999-01-01',
  'nobody@example.com',
  'a@b, c@d',
  'de',
  'tlh-Piqd',
];
const SEGMENTS = [
  '%00',
  '%ff',
  '%2e%2e%2f',
  '..',
  '%F0%9F%8E%89',
  'null',
  '-1',
  '1e9',
  '{id}',
  '*',
  '%27',
  'x'.repeat(300),
  '',
];
const HEADERS: [string, string][] = [
  ['content-type', 'text/xml'],
  ['content-type', 'application/json; charset=utf-7'],
  ['content-type', 'multipart/form-data'],
  ['content-encoding', 'gzip'],
  ['idempotency-key', '"'],
  ['idempotency-key', 'fuzz'],
  ['accept', 'application/json'],
  ['accept', '*/*;q=nonsense'],
  ['accept-language', 'xx-XX-xx,;;;q=9'],
  ['authorization', 'Bearer '],
  ['x-forwarded-for', '<script>'],
  ['x-http-method-override', 'DELETE'],
];
const LEAKS =
  /node_modules|\bat \S+ \(|\.ts:\d|mikro|knex|syntax error at|relation "|select .* from|ECONN|grpc|argon2/i;

test(`${REQUESTS} requests made to break it are all answered, none with a fault of ours or a word of our insides`, async () => {
  const { pick, one } = dice(20_261_123);
  const { slug, key, api } = await stage.openPortal({ reInviteCooldownSeconds: 0, reInviteDailyCap: 100 });
  const people = [await invite(stage, api), await invite(stage, api), await invite(stage, api)];
  const { nextCursor } = (await api.get('/users?limit=1').expecting(200)).body;
  const tokens = people.map(({ link }) => link.split('/').at(-1)!);

  const paths = () => {
    const portal = `/v1/portals/${one(8) ? pick(SEGMENTS) : slug}`;
    const user = `${portal}/users/${one(6) ? pick(SEGMENTS) : pick(people).id}`;
    const link = `/confirm/${one(3) ? pick(SEGMENTS) : pick(tokens)}`;
    const rest = [
      '/v1/portals',
      portal,
      `${portal}/api-keys`,
      `${portal}/api-keys/${pick(people).id}`,
      `${portal}/contacts`,
    ];
    const ofUser = [user, `${user}/events`, `${user}/re-invite`, `${user}/deactivate`, `${user}/reactivate`];
    const lists = [`${portal}/users`, `${portal}/users/re-invite`, `${portal}/users/deactivate`, '/p/x/welcome'];
    return pick([...rest, ...ofUser, ...lists, link, `${link}/new-link`, `/p/${slug}/welcome`, `/${pick(SEGMENTS)}`]);
  };
  const query = () => {
    const names = ['q', 'limit', 'sort', 'cursor', 'status', 'delivery', 'language', '__proto__', 'a[b]'];
    const values = [
      nextCursor,
      'name',
      '1',
      '%',
      '_',
      '\0',
      Buffer.from(JSON.stringify([pick(JUNK)])).toString('base64url'),
      JSON.stringify(pick(JUNK)),
    ];
    return `?${encodeURIComponent(pick(names)).replace('%5B', '[')}=${encodeURIComponent(String(pick(values)).toWellFormed())}`;
  };
  const body = () => {
    const ids = people.map(({ id }) => id);
    const good: Record<string, unknown> = pick([
      { email: `fuzz.${pick(['a', 'b', 'c'])}@example.com`, name: 'Fuzz', locale: 'de', metadata: { a: 1 } },
      { slug: `fuzz-${pick(['a', 'b'])}`, name: 'Fuzz', remindersAfterSeconds: [60], replyTo: null },
      { linkValiditySeconds: 86_400, reInviteDailyCap: 100 },
      { ids },
      { contactId: pick(ids) },
      { password: PASSWORD, passwordAgain: 'another' },
    ]);
    if (!one(4)) good[pick([...Object.keys(good), '__proto__', 'constructor', 'x'])] = pick(JUNK);
    const text = JSON.stringify(good);
    if (!one(5)) return text;
    const at = Math.floor(text.length / pick([2, 3, 5]));
    return text.slice(0, at) + pick(['', '\0', '"', '}', ',', '\\u0000', '\\ud800', '[[[[']) + text.slice(at + 1);
  };

  const seen = new Map<number, number>();
  const send = async () => {
    const method = pick(['GET', 'GET', 'POST', 'POST', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']);
    const url = stage.url + paths() + (one(3) ? query() : '');
    const headers = new Headers({
      authorization: `Bearer ${one(4) ? ADMIN_API_KEY : key}`,
      'content-type': url.includes('/confirm/') && one(2) ? 'application/x-www-form-urlencoded' : 'application/json',
    });
    if (one(4)) headers.set(...pick(HEADERS));
    const sent = method === 'GET' || method === 'HEAD' ? {} : { body: body() };
    const response = await fetch(url, { method, headers, redirect: 'manual', ...sent });
    const text = await response.text();
    seen.set(response.status, (seen.get(response.status) ?? 0) + 1);

    const told = `${method} ${url} ${sent.body ?? ''} → ${response.status} ${text.slice(0, 300)}`;
    if (response.status >= 500) throw new Error(`A fault of ours: ${told}`);
    if (response.status >= 400 && LEAKS.test(text)) throw new Error(`A leak: ${told}`);
    if (response.status < 400 || method === 'HEAD' || text.startsWith('<!doctype html>')) return;
    const problem = JSON.parse(text);
    if (!(problem.code in REFUSALS) || problem.status !== response.status) throw new Error(`No problem: ${told}`);
  };
  for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, send));

  // It was no waste of time: the requests came far enough to be judged in many ways, and some were good.
  expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 415]));
  const { link } = await invite(stage, api);
  expect((await submitPassword(link)).status).toBe(303);
});
