import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalRequest, RequestEmail } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { expectProblem, invite } from '../harness/invite.ts';
import { insertRequest } from '../harness/requests.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
let slug: string;
beforeAll(async () => {
  stage = await setStage();
  ({ api, slug } = await stage.openPortal());
});
afterAll(() => stage.close());

async function confirmed(at = api) {
  const user = await invite(stage, at);
  await submitPassword(user.link);
  return user;
}

const count = (id: string) => stage.db.database.em.fork().count(PortalRequest, { portalUser: id });
const TEXTS = { subject: 'By telephone', description: 'The printer\r\nis on fire' };

test('a request is added for a confirmed portal user, once per Idempotency-Key', async () => {
  const user = await confirmed();
  const body = { portalUserId: user.id, ...TEXTS };
  const headers = { 'idempotency-key': '"a1"' };
  const first = await api.post('/requests', body, headers).expecting(201);
  const again = await api.post('/requests', body, headers).expecting(201);
  expect(again.body).toEqual(first.body);
  expect(await count(user.id)).toBe(1);
  expect(first.body).toEqual({
    id: expect.any(String),
    portal: slug,
    portalUserId: user.id,
    number: expect.any(Number),
    subject: 'By telephone',
    description: 'The printer\nis on fire',
    status: 'open',
    createdAt: expect.any(String),
    lastActivityAt: first.body.createdAt,
  });
  expect(first.headers.get('location')).toBe(`/v1/portals/${slug}/requests/${first.body.id}`);
  const { body: next } = await api.post('/requests', body).expecting(201);
  expect(next.number).toBe(first.body.number + 1);
  expectProblem(await api.post('/requests', { ...body, subject: 'Other' }, headers), 422, 'idempotency_key_reused');
  const { body: events } = await api.get(`/users/${user.id}/events`).expecting(200);
  expect(events.data.at(-1)).toMatchObject({
    type: 'request_added',
    actor: expect.stringMatching(/^api_key\//),
    data: { requestId: next.id, number: next.number },
  });
});

test('only a confirmed portal user of this portal can ask, with a subject and a text', async () => {
  const [waiting, gone, elsewhere] = [await invite(stage, api), await confirmed(), await stage.openPortal()];
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  const foreign = await confirmed(elsewhere.api);
  const add = (portalUserId: unknown, texts: object = TEXTS) => api.post('/requests', { portalUserId, ...texts });
  expectProblem(await add(waiting.id), 409, 'not_confirmed');
  expectProblem(await add(gone.id), 409, 'deactivated');
  expectProblem(await add(foreign.id), 404, 'not_found');
  expectProblem(await add(randomUUID()), 404, 'not_found');
  expectProblem(await add('x', {}), 400, 'invalid_request', ['subject', 'description', 'portalUserId']);
  for (const { id } of [waiting, gone, foreign]) expect(await count(id)).toBe(0);
});

test('the list is filtered by status and portal user, the newest activity first, page by page', async () => {
  const portal = await stage.openPortal();
  const [jane, john] = [await confirmed(portal.api), await confirmed(portal.api)];
  const ids: string[] = [];
  for (const user of [jane, john, jane, john]) {
    ids.push((await portal.api.post('/requests', { portalUserId: user.id, ...TEXTS }).expecting(201)).body.id);
  }
  await portal.api.patch(`/requests/${ids[0]}`, { status: 'closed' }).expecting(200);
  const list = async (query: string) => (await portal.api.get(`/requests?${query}`).expecting(200)).body;
  const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
  expect(idsOf(await list(''))).toEqual([ids[0], ids[3], ids[2], ids[1]]);
  expect(idsOf(await list('status=open'))).toEqual([ids[3], ids[2], ids[1]]);
  expect(idsOf(await list('status=on_hold'))).toEqual([]);
  expect(idsOf(await list(`portalUser=${john.id}`))).toEqual([ids[3], ids[1]]);
  expect(idsOf(await list(`portalUser=${jane.id}&status=closed`))).toEqual([ids[0]]);
  expect(idsOf(await list(`portalUser=${randomUUID()}`))).toEqual([]);

  const first = await list('limit=3');
  const second = await list(`limit=3&cursor=${encodeURIComponent(first.nextCursor)}`);
  expect([idsOf(first), idsOf(second), second.nextCursor]).toEqual([[ids[0], ids[3], ids[2]], [ids[1]], null]);
  for (const query of ['status=solved', 'portalUser=x', 'cursor=forged', 'limit=0', 'other=1']) {
    expectProblem(await portal.api.get(`/requests?${query}`), 400, 'invalid_request', [`query.${query.split('=')[0]}`]);
  }
});

test('the help desk replies and changes the status; the request tells all of it', async () => {
  const user = await confirmed();
  const { body: added } = await api.post('/requests', { portalUserId: user.id, ...TEXTS }).expecting(201);
  const headers = { 'idempotency-key': 'b1' };
  const path = `/requests/${added.id}`;
  const { body: reply } = await api
    .post(`${path}/replies`, { text: ' Done. \r\n', status: 'closed' }, headers)
    .expecting(201);
  expect((await api.post(`${path}/replies`, { text: ' Done. \r\n', status: 'closed' }, headers)).body).toEqual(reply);
  const answer = { id: expect.any(String), author: expect.stringMatching(/^api_key\//), text: 'Done.' };
  expect(reply).toEqual({ ...answer, attachments: [], createdAt: expect.any(String) });
  await api.post(`${path}/replies`, { text: 'Anything else?' }).expecting(201);

  const { body: whole } = await api.get(path).expecting(200);
  expect(whole).toMatchObject({ ...added, status: 'closed', lastActivityAt: expect.any(String), attachments: [] });
  expect(whole.replies.map(({ text }: { text: string }) => text)).toEqual(['Done.', 'Anything else?']);
  expect(whole.lastActivityAt > added.lastActivityAt).toBe(true);

  for (let time = 0; time < 2; time += 1) {
    expect((await api.patch(path, { status: 'on_hold' }).expecting(200)).body).toMatchObject({ status: 'on_hold' });
  }
  expect((await user.events()).slice(-5)).toEqual([
    'request_added',
    'request_replied',
    'request_status_changed',
    'request_replied',
    'request_status_changed',
  ]);
  expect(await stage.db.database.em.fork().count(RequestEmail, { request: added.id })).toBe(3);

  for (const body of [{}, { text: '' }, { text: 'x', status: 'solved' }, { text: 'x', author: 'portal_user' }]) {
    expectProblem(await api.post(`${path}/replies`, body), 400, 'invalid_request');
  }
  for (const body of [{}, { status: 'solved' }, { status: 'open', subject: 'x' }]) {
    expectProblem(await api.patch(path, body), 400, 'invalid_request');
  }
});

test("another portal's requests are not found, whatever is asked of them", async () => {
  const user = await confirmed();
  const request = await insertRequest(stage.db.database, await user.row());
  const { api: theirs, slug: theirSlug, key } = await stage.openPortal();
  for (const id of [request.id, randomUUID(), 'x']) {
    expectProblem(await theirs.get(`/requests/${id}`), 404, 'not_found');
    expectProblem(await theirs.patch(`/requests/${id}`, { status: 'closed' }), 404, 'not_found');
    expectProblem(await theirs.post(`/requests/${id}/replies`, { text: 'x' }), 404, 'not_found');
  }
  const headers = { authorization: `Bearer ${key}` };
  const foreign = await fetch(`${stage.url}/v1/portals/${slug}/requests`, { headers });
  expect(foreign.status).toBe(404);
  const { body } = await theirs.get(`/requests?portalUser=${user.id}`).expecting(200);
  expect(body.data).toEqual([]);
  expect((await stage.admin.get(`/v1/portals/${theirSlug}/requests/${request.id}`)).status).toBe(404);
  expect((await api.get(`/requests/${request.id}`).expecting(200)).body).toMatchObject({ status: 'open', replies: [] });
});
