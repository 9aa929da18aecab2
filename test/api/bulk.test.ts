import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { coolDown, expectProblem, invite, mailed, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const UNKNOWN = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

/** One portal user in every state that matters, and one of another portal. */
async function everyState() {
  const elsewhere = await stage.openPortal();
  const [ready, fresh, confirmed, deactivated, foreign] = await Promise.all([
    invite(stage, api),
    invite(stage, api),
    invite(stage, api),
    invite(stage, api),
    invite(stage, elsewhere.api),
  ]);
  expect((await submitPassword(confirmed.link)).status).toBe(303);
  await api.post(`/users/${deactivated.id}/deactivate`).expecting(200);
  await coolDown(stage, ready.id);
  return { ready, fresh, confirmed, deactivated, foreign };
}

const told = (rows: { id: string; status: number; problem?: { code: string } }[]) =>
  rows.map(({ id, status, problem }) => [id, status, problem?.code]);

test('a bulk re-invite answers each row as a call for it alone would, and mails only who may have it', async () => {
  const { ready, fresh, confirmed, deactivated, foreign } = await everyState();
  const mails = stage.sink.mails.length;
  const ids = [UNKNOWN, ready.id, fresh.id, ready.id.toUpperCase(), confirmed.id, deactivated.id, foreign.id, ready.id];
  const { body } = await api.post('/users/re-invite', { ids }).expecting(200);
  expect(told(body.data)).toEqual([
    [UNKNOWN, 404, 'not_found'],
    [ready.id, 202, undefined],
    [fresh.id, 429, 're_invite_too_soon'],
    [confirmed.id, 409, 'already_confirmed'],
    [deactivated.id, 409, 'deactivated'],
    [foreign.id, 404, 'not_found'],
  ]);
  expect(body.data[2].problem.retryAfter).toBeGreaterThan(50);
  const alone = (await api.post(`/users/${deactivated.id}/re-invite`)).body;
  expect(body.data[4].problem).toEqual(alone);

  await mailed(stage, ready.id, 2);
  expect(stage.sink.mails).toHaveLength(mails + 1);
  expect((await ready.row()).generation).toBe(2);
  expect((await foreign.row()).generation).toBe(1);
});

test('a bulk deactivation answers each row and takes access away, whatever the state', async () => {
  const { ready, fresh, confirmed, deactivated, foreign } = await everyState();
  const ids = [ready.id, confirmed.id, UNKNOWN, deactivated.id, fresh.id, fresh.id, foreign.id];
  const { body } = await api.post('/users/deactivate', { ids }).expecting(200);
  expect(told(body.data)).toEqual([
    [ready.id, 200, undefined],
    [confirmed.id, 200, undefined],
    [UNKNOWN, 404, 'not_found'],
    [deactivated.id, 200, undefined],
    [fresh.id, 200, undefined],
    [foreign.id, 404, 'not_found'],
  ]);
  for (const person of [ready, fresh, confirmed, deactivated]) {
    expect((await person.read()).confirmationStatus).toBe('deactivated');
    expect((await person.events()).filter((type) => type === 'portal_user_deactivated')).toHaveLength(1);
    expect((await fetch(person.link)).status).toBe(410);
  }
  expect((await foreign.row()).confirmationStatus).toBe('not_confirmed');
});

test.each(['re-invite', 'deactivate'])('a bulk %s takes 1 to 200 ids and nothing else', async (action) => {
  const { id } = await invite(stage, api);
  await coolDown(stage, id);
  const before = await rowCounts(stage);
  const ids = Array.from({ length: 201 }, () => randomUUID());
  for (const [body, field] of [
    [{ ids: [...ids.slice(1), id] }, 'ids'],
    [{ ids: [] }, 'ids'],
    [{ ids: id }, 'ids'],
    [{ ids: [id, 'x'] }, 'ids[1]'],
    [{ ids: [id, null] }, 'ids[1]'],
    [{ ids: [id], all: true }, 'all'],
    [{}, 'ids'],
    [[id], 'body'],
  ] as const) {
    expectProblem(await api.post(`/users/${action}`, body), 400, 'invalid_request', [field]);
  }
  expectProblem(await api.get(`/users/${action}`), 405, 'method_not_allowed');
  expect(await rowCounts(stage)).toEqual(before);

  const { data } = (await api.post(`/users/${action}`, { ids: ids.slice(1) }).expecting(200)).body;
  expect(data.map((row: { id: string; status: number }) => row.id)).toEqual(ids.slice(1));
  expect(new Set(data.map((row: { status: number }) => row.status))).toEqual(new Set([404]));
});

test('twenty at once are all re-invited, and all deactivated', async () => {
  const { api: eager } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const people = await Promise.all(Array.from({ length: 20 }, () => invite(stage, eager)));
  const ids = people.map(({ id }) => id);
  const reInvited = (await eager.post('/users/re-invite', { ids }).expecting(200)).body.data;
  expect(told(reInvited)).toEqual(ids.map((id) => [id, 202, undefined]));
  await Promise.all(ids.map((id) => mailed(stage, id, 2)));

  const deactivated = (await eager.post('/users/deactivate', { ids }).expecting(200)).body.data;
  expect(told(deactivated)).toEqual(ids.map((id) => [id, 200, undefined]));
  expect((await eager.get('/users?status=deactivated').expecting(200)).body.data).toHaveLength(20);
});
