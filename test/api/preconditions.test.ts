import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endpoints } from '../../api/route-endpoints.ts';
import type { ApiAnswer, ApiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { expectProblem, invite, mailed, newAddress, rowCounts } from '../harness/invite.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
let slug: string;
/** Paths below the portal, of things that are there. */
let user: string;
let confirmed: string;
let request: string;
beforeAll(async () => {
  stage = await setStage();
  ({ api, slug } = await stage.openPortal({ reInviteCooldownSeconds: 0, reInviteDailyCap: 100 }));
  user = `/users/${(await invite(stage, api)).id}`;
  const person = await invite(stage, api);
  await submitPassword(person.link);
  confirmed = `/users/${person.id}`;
  const { body } = await api
    .post('/requests', { portalUserId: person.id, subject: 'Help', description: 'Please' })
    .expecting(201);
  request = `/requests/${body.id}`;
});
afterAll(() => stage.close());

const tagOf = ({ headers }: ApiAnswer) => headers.get('etag')!;
const read = async (path: string) => tagOf(await api.get(path).expecting(200));

test('a GET has a strong ETag that changes with the resource only, and is not sent again to who has it', async () => {
  for (const path of ['', user, request, '/users', '/contacts', `${user}/events`]) {
    const tag = await read(path);
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    expect(await read(path)).toBe(tag);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const answer = await api.get(path, { 'if-none-match': known });
      expect([path, known, answer.status, answer.body, tagOf(answer)]).toEqual([path, known, 304, '', tag]);
    }
    await api.get(path, { 'if-none-match': '"another", nonsense' }).expecting(200);
    await api.get(path, { 'if-match': tag }).expecting(200);
    expectProblem(await api.get(path, { 'if-match': '"another"' }), 412, 'precondition_failed');
  }
});

/** Each change of a resource with an ETag, with the address that a GET reads. */
const CHANGES: [string, string, () => { method?: 'patch'; path: string; resource: string; body?: unknown }][] = [
  ['patch', '/v1/portals/{portal}', () => ({ method: 'patch', path: '', resource: '', body: { name: newAddress() } })],
  [
    'patch',
    '/v1/portals/{portal}/users/{id}',
    () => ({ method: 'patch', path: user, resource: user, body: { name: newAddress() } }),
  ],
  ['post', '/v1/portals/{portal}/users/{id}/re-invite', () => ({ path: `${user}/re-invite`, resource: user })],
  [
    'post',
    '/v1/portals/{portal}/users/{id}/deactivate',
    () => ({ path: `${confirmed}/deactivate`, resource: confirmed }),
  ],
  [
    'post',
    '/v1/portals/{portal}/users/{id}/reactivate',
    () => ({ path: `${confirmed}/reactivate`, resource: confirmed }),
  ],
  [
    'patch',
    '/v1/portals/{portal}/requests/{id}',
    () => ({ method: 'patch', path: request, resource: request, body: { status: 'on_hold' } }),
  ],
  [
    'post',
    '/v1/portals/{portal}/requests/{id}/replies',
    () => ({ path: `${request}/replies`, resource: request, body: { text: 'Done.' } }),
  ],
];

test.each(CHANGES)(
  '%s %s is refused with an ETag of another state, and done with the one of now',
  async (_m, _p, of) => {
    const { method = 'post', path, resource, body } = of();
    const tag = await read(resource);
    const before = await rowCounts(stage);
    for (const stale of ['"nope"', 'nope', `W/${tag}`, '', '"a", "b"']) {
      expectProblem(await api[method](path, body, { 'if-match': stale }), 412, 'precondition_failed');
    }
    expect(await rowCounts(stage)).toEqual(before);
    expect(await read(resource)).toBe(tag);
    const done = await api[method](path, body, { 'if-match': `"a", ${tag}` });
    expect([200, 201, 202]).toContain(done.status);
    if (method === 'patch') expect(tagOf(done)).toBe(await read(resource));
    if (path.endsWith('re-invite')) await mailed(stage, user.split('/').at(-1)!, 2);
  },
);

test('every operation that is documented with If-Match is among these, and all others refuse an ETag', async () => {
  const conditional = endpoints.filter((one) => one.conditional).map(({ method, path }) => `${method} ${path}`);
  expect(CHANGES.map(([method, path]) => `${method} ${path}`).toSorted()).toEqual(conditional.toSorted());
  const before = await rowCounts(stage);
  const others = endpoints.filter(({ method, conditional: is }) => method !== 'get' && !is);
  expect(others.length).toBeGreaterThan(5);
  for (const { method, path } of others) {
    const address = path.replace('{portal}', slug).replace('{id}', confirmed.split('/').at(-1)!);
    const call = {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${ADMIN_API_KEY}`, 'if-match': '"nope"' },
    };
    expect([path, (await fetch(stage.url + address, call)).status]).toEqual([path, 412]);
  }
  expect(await rowCounts(stage)).toEqual(before);
});

test('of many writers with the same ETag exactly one has its way', async () => {
  for (const [path, body] of [
    ['', { name: 'Acme' }],
    [user, { name: 'Jane' }],
    [request, { status: 'closed' }],
  ] as const) {
    const tag = await read(path);
    const write = (n: number) =>
      api.patch(path, 'name' in body ? { name: `${body.name} ${n}` } : body, { 'if-match': tag });
    const statuses = (await Promise.all([1, 2, 3, 4, 5].map(write))).map(({ status }) => status);
    expect([path, statuses.toSorted()]).toEqual([path, [200, 412, 412, 412, 412]]);
  }
});

test('If-Match: * is no condition on what is there, and nothing on what is not', async () => {
  await api.patch('', { name: 'Acme' }, { 'if-match': '*' }).expecting(200);
  const nobody = '/users/019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';
  expectProblem(await api.patch(nobody, { name: 'X' }, { 'if-match': '*' }), 404, 'not_found');
});

test('a repeated call with its key gets the first answer, although its ETag is old by then', async () => {
  const headers = { 'if-match': await read(request), 'idempotency-key': 'reply-once' };
  const reply = () => api.post(`${request}/replies`, { text: 'Once.' }, headers).expecting(201);
  expect((await reply()).body).toEqual((await reply()).body);
});
