import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '../../commands/portals/api-keys.ts';
import { ApiKey } from '../../db/entities/index.ts';
import { type ApiClient, apiClient } from '../harness/api-client.ts';
import { expectProblem, invite, rowCounts } from '../harness/invite.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** One call of each kind on a portal and on one of its users. */
function everyCall(api: ApiClient, slug: string, userId: string) {
  const portal = `/v1/portals/${slug}`;
  const user = `${portal}/users/${userId}`;
  return [
    api.get(portal),
    api.patch(portal, { name: 'Mine now' }),
    api.get(`${portal}/users`),
    api.post(`${portal}/users`, { email: 'intruder@example.com', name: 'Intruder' }),
    api.get(user),
    api.patch(user, { email: 'intruder@example.com' }),
    api.get(`${user}/events`),
    api.post(`${user}/re-invite`),
    api.post(`${user}/deactivate`),
    api.post(`${user}/reactivate`),
    api.post(`${portal}/users/re-invite`, { ids: [userId] }),
    api.post(`${portal}/users/deactivate`, { ids: [userId] }),
    api.get(`${portal}/contacts`),
    api.post(`${portal}/contacts`, { email: 'intruder@example.com', name: 'Intruder' }),
    api.post(`${portal}/api-keys`, { name: 'mine' }),
    api.delete(`${portal}/api-keys/${userId}`),
  ];
}

test.each([
  ['no header', undefined],
  ['another scheme', `Basic ${btoa(`admin:${ADMIN_API_KEY}`)}`],
  ['no key', 'Bearer '],
  ['an unknown key', 'Bearer pik_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['the beginning of a key', `Bearer ${ADMIN_API_KEY.slice(0, -1)}`],
  ['a key and more', `Bearer ${ADMIN_API_KEY} ${ADMIN_API_KEY}`],
  ['an endless key', `Bearer ${'x'.repeat(8_000)}`],
  ['a key in Latin-1', 'Bearer pik_\xe9'],
])('with %s nothing is answered but unauthorized', async (_title, authorization) => {
  const { slug } = await stage.openPortal();
  const before = await rowCounts(stage);
  const headers = authorization === undefined ? {} : { authorization };
  const api = apiClient(stage.url, undefined);
  for (const answer of [
    await api.get(`/v1/portals/${slug}/users`, headers),
    await api.get('/v1/portals/nothing-there', headers),
    await api.post('/v1/portals', { slug: 'mine', name: 'Mine' }, headers),
  ]) {
    expectProblem(answer, 401, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="Portal Invitations"/);
  }
  expect(await rowCounts(stage)).toEqual(before);
});

test("another portal's key sees nothing at all, as if there were nothing", async () => {
  const theirs = await stage.openPortal();
  const { id } = await invite(stage, theirs.api);
  const { key } = await stage.openPortal();
  const before = await rowCounts(stage);

  const intruder = apiClient(stage.url, key);
  const refused = await Promise.all(everyCall(intruder, theirs.slug, id));
  const missing = await Promise.all(everyCall(intruder, 'nothing-there', id));
  for (const answer of refused) expectProblem(answer, 404, 'not_found');
  expect(refused.map(({ body }) => body)).toEqual(missing.map(({ body }) => body));
  expect(await rowCounts(stage)).toEqual(before);
});

test("another portal's ids are not found in one's own portal, as unknown ids are", async () => {
  const theirs = await stage.openPortal();
  const { id } = await invite(stage, theirs.api);
  const { contactId } = (await theirs.api.get(`/users/${id}`)).body;
  const { api } = await stage.openPortal();
  const before = await rowCounts(stage);
  const unknown = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';

  for (const call of [
    (userId: string) => api.get(`/users/${userId}`),
    (userId: string) => api.patch(`/users/${userId}`, { name: 'Mine' }),
    (userId: string) => api.get(`/users/${userId}/events`),
    (userId: string) => api.post(`/users/${userId}/re-invite`),
    (userId: string) => api.post(`/users/${userId}/deactivate`),
    (userId: string) => api.post(`/users/${userId}/reactivate`),
  ]) {
    const answer = await call(id);
    expectProblem(answer, 404, 'not_found');
    expect(answer.body).toEqual((await call(unknown)).body);
  }
  expectProblem(await api.post('/users', { contactId }), 404, 'not_found');
  expect(await rowCounts(stage)).toEqual(before);
});

test('a key is shown once, works for its portal, and only its hash is kept', async () => {
  const { slug } = await stage.openPortal();
  const { body, headers } = await stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'CRM' }).expecting(201);
  expect(body).toEqual({ id: expect.any(String), name: 'CRM', key: expect.stringMatching(/^pik_[\w-]{43}$/) });
  expect(headers.get('location')).toBe(`/v1/portals/${slug}/api-keys/${body.id}`);

  const row = await stage.db.database.em.fork().findOneOrFail(ApiKey, body.id);
  expect(row.keyHash).toEqual(createHash('sha256').update(body.key).digest());
  expect(JSON.stringify(row)).not.toContain(body.key);
  await apiClient(stage.url, body.key).get(`/v1/portals/${slug}`).expecting(200);
  await stage.admin.get(`/v1/portals/${slug}/api-keys/${body.id}`).expecting(405);
});

test('a revoked key is dead at once, and the others live', async () => {
  const { slug, api } = await stage.openPortal();
  const { id, key } = (await stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'CRM' }).expecting(201)).body;
  const revoked = apiClient(stage.url, key);
  await revoked.get(`/v1/portals/${slug}`).expecting(200);

  const { status, body } = await stage.admin.delete(`/v1/portals/${slug}/api-keys/${id}`);
  expect([status, body]).toEqual([204, '']);
  expectProblem(await revoked.get(`/v1/portals/${slug}`), 401, 'unauthorized');
  expectProblem(
    await revoked.post(`/v1/portals/${slug}/users`, { email: 'a@example.com', name: 'A' }),
    401,
    'unauthorized',
  );
  await api.get('').expecting(200);
  expectProblem(await stage.admin.delete(`/v1/portals/${slug}/api-keys/${id}`), 404, 'not_found');
});

test("a portal's key makes no portals, and neither makes nor revokes keys", async () => {
  const { slug, key } = await stage.openPortal();
  const before = await rowCounts(stage);
  const api = apiClient(stage.url, key);
  const [own] = await stage.db.database.em.fork().find(ApiKey, { keyHash: hashApiKey(key) });

  expectProblem(await api.post('/v1/portals', { slug: 'mine', name: 'Mine' }), 403, 'forbidden');
  expectProblem(await api.post(`/v1/portals/${slug}/api-keys`, { name: 'more' }), 403, 'forbidden');
  expectProblem(await api.delete(`/v1/portals/${slug}/api-keys/${own!.id}`), 403, 'forbidden');
  expect(await rowCounts(stage)).toEqual(before);
  await api.get(`/v1/portals/${slug}`).expecting(200);
});

test("a key of one portal is not revoked through another's address", async () => {
  const [mine, theirs] = [await stage.openPortal(), await stage.openPortal()];
  const [key] = await stage.db.database.em.fork().find(ApiKey, { keyHash: hashApiKey(theirs.key) });
  expectProblem(await stage.admin.delete(`/v1/portals/${mine.slug}/api-keys/${key!.id}`), 404, 'not_found');
  await theirs.api.get('').expecting(200);
});

test('without an administrator key configured, nobody is the administrator', async () => {
  const { adminApiKey } = stage.services;
  stage.services.adminApiKey = undefined;
  try {
    expectProblem(await apiClient(stage.url, 'undefined').get('/v1/portals/any'), 401, 'unauthorized');
    expectProblem(await stage.admin.get('/v1/portals/any'), 401, 'unauthorized');
  } finally {
    stage.services.adminApiKey = adminApiKey;
  }
});
