import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endpoints } from '../../api/route-endpoints.ts';
import { ApiKey } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { claimResponse } from '../../web/idempotency.ts';
import type { ApiAnswer, ApiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { coolDown, invite, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal({ reInviteDailyCap: 100 }));
});
afterAll(() => stage.close());

const confirmedUser = async () => {
  const user = await invite(stage, api);
  await submitPassword(user.link);
  return user;
};
const newRequest = async () => ({ portalUserId: (await confirmedUser()).id, subject: 'Help', description: 'Please' });
const afterCoolDown = async () => {
  const user = await invite(stage, api);
  await coolDown(stage, user.id);
  return user;
};

const pendingOperator = async () => {
  const operator = { email: newAddress(), name: 'Olga', role: 'staff' };
  const { body } = await stage.admin.post(`/v1/portals/${slug}/operators`, operator).expecting(201);
  const added = `occurred_at - interval '1 hour' where type = 'operator_added'`;
  await stage.db.database.em.fork().execute(`update events set occurred_at = ${added}`); // the cool-down is over
  return body;
};

/** A call of each POST that would be refused, or do something more, if it were carried out twice. */
const CALLS: Record<string, () => Promise<{ path?: string; body?: unknown }>> = {
  '/v1/portals': async () => ({ body: { slug: 'posted-twice', name: 'Twice' } }),
  '/v1/portals/{portal}/api-keys': async () => ({ body: { name: 'twice' } }),
  '/v1/portals/{portal}/operators': async () => ({ body: { email: newAddress(), name: 'Olga', role: 'staff' } }),
  '/v1/portals/{portal}/operators/{id}/re-invite': async () => ({
    path: `operators/${(await pendingOperator()).id}/re-invite`,
  }),
  '/v1/portals/{portal}/users': async () => ({ body: { email: newAddress(), name: 'Jane' } }),
  '/v1/portals/{portal}/users/{id}/re-invite': async () => ({ path: `users/${(await afterCoolDown()).id}/re-invite` }),
  '/v1/portals/{portal}/users/{id}/deactivate': async () => ({
    path: `users/${(await confirmedUser()).id}/deactivate`,
  }),
  '/v1/portals/{portal}/users/{id}/reactivate': async () => {
    const { id } = await confirmedUser();
    await api.post(`/users/${id}/deactivate`).expecting(200);
    return { path: `users/${id}/reactivate` };
  },
  '/v1/portals/{portal}/users/re-invite': async () => ({ body: { ids: [(await afterCoolDown()).id] } }),
  '/v1/portals/{portal}/users/deactivate': async () => ({ body: { ids: [(await confirmedUser()).id] } }),
  '/v1/portals/{portal}/contacts': async () => ({ body: { email: newAddress(), name: 'Jo' } }),
  '/v1/portals/{portal}/requests': async () => ({ body: await newRequest() }),
  '/v1/portals/{portal}/requests/{id}/replies': async () => {
    const { body } = await api.post('/requests', await newRequest()).expecting(201);
    return { path: `requests/${body.id}/replies`, body: { text: 'It is out.' } };
  },
};
const posts = endpoints.filter(({ method }) => method === 'post').map(({ path }) => path);

test.each(posts)('POST %s gives the first answer again to the same Idempotency-Key', async (template) => {
  const { path, body } = await CALLS[template]!();
  const address = path ? `/v1/portals/${slug}/${path}` : template.replace('{portal}', slug);
  const key = { 'idempotency-key': `"of ${template}"` };
  const told = ({ status, body: answered, headers }: ApiAnswer) => [status, answered, headers.get('location')];
  const first = await stage.admin.post(address, body, key);
  expect([200, 201, 202]).toContain(first.status);
  const before = await effects();
  expect(told(await stage.admin.post(address, body, key))).toEqual(told(first));
  expect(await effects()).toEqual(before);
});

/** What calls leave: rows, and the events that say what was done. */
async function effects() {
  const tables = [
    'portals',
    'api_keys',
    'operators',
    'portal_operators',
    'portal_users',
    'contacts',
    'requests',
    'replies',
  ];
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ');
  const em = stage.db.database.em.fork();
  const [row] = await em.execute(`select ${counts}`);
  const decided = "('portal_user_deactivated', 'portal_user_reactivated', 'invitation_requested', 'request_replied')";
  return { ...row, decided: await em.execute(`select type, data from events where type in ${decided} order by id`) };
}

test('two calls at once with one key make one API key, and both that are answered have its secret', async () => {
  const key = { 'idempotency-key': 'make-one' };
  const make = () => stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'one only' }, key);
  const answers = await Promise.all([make(), make(), make()]);
  const again = await make().expecting(201);
  for (const answer of answers.filter(({ status }) => status !== 409)) expect(answer.body).toEqual(again.body);
  expect(await stage.db.database.em.fork().count(ApiKey, { name: 'one only' })).toBe(1);
  expect((await api.get('/users', { authorization: `Bearer ${again.body.key}` })).status).toBe(200);
  const [row] = await stage.db.database.em
    .fork()
    .execute<{ text: string }[]>(
      "select string_agg(t::text || encode(sealed, 'escape'), '') as text from remembered_answers t",
    );
  expect(row!.text.length).toBeGreaterThan(1_000);
  expect(row!.text).not.toContain('pik_');
});

test('while a call without a transaction is under way, its key is in use; when it fails, the key is free again', async () => {
  const call = { key: 'a-signal', scope: slug, payload: ['a signal'] };
  let end: (answer: { status: number }) => void = () => {};
  const first = claimResponse(stage.services, call, () => new Promise((resolve) => (end = resolve)));
  while ((await claimed()) === 0);
  const inUse = { code: 'idempotency_key_in_use' };
  await expect(claimResponse(stage.services, call, async () => ({ status: 1 }))).rejects.toMatchObject(inUse);
  end({ status: 202 });
  expect(await first).toEqual({ status: 202 });
  expect(await claimResponse(stage.services, call, async () => ({ status: 1 }))).toEqual({ status: 202 });

  const failing = { ...call, key: 'a-failing-signal' };
  const unavailable = claimResponse(stage.services, failing, () => Promise.reject(new Refusal('unavailable')));
  await expect(unavailable).rejects.toMatchObject({ code: 'unavailable' });
  expect(await claimResponse(stage.services, failing, async () => ({ status: 200 }))).toEqual({ status: 200 });
});

test('the claim of a process that has died is over after two minutes', async () => {
  const call = { key: 'of-a-dead-process', scope: slug, payload: ['a signal'] };
  const dead = claimResponse(stage.services, call, () => new Promise<never>(() => {}));
  while ((await claimed()) === 0);
  const age = "update remembered_answers set created_at = created_at - interval '121 seconds' where sealed is null";
  await stage.db.database.em.fork().execute(age);
  expect(await claimResponse(stage.services, call, async () => ({ status: 202 }))).toEqual({ status: 202 });
  void dead;
});

async function claimed(): Promise<number> {
  const rows = await stage.db.database.em
    .fork()
    .execute<unknown[]>('select 1 from remembered_answers where sealed is null');
  return rows.length;
}
