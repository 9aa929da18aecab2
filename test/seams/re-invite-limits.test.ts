import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { coolDown, expectProblem, invite, mailed, newAddress } from '../harness/invite.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const ONE_A_DAY = { reInviteCooldownSeconds: 0, reInviteDailyCap: 1 };
const ONE_AN_HOUR = { reInviteCooldownSeconds: 3_600, reInviteDailyCap: 1 };
const ROUNDS = 6;

/** One re-invite is mailed as the n-th e-mail, and the next one is over the cap. */
async function expectOneReInvite(api: ApiClient, id: string, n: number): Promise<void> {
  await api.post(`/users/${id}/re-invite`).expecting(202);
  await mailed(stage, id, n);
  const { status, body } = await api.post(`/users/${id}/re-invite`);
  expect([status, body.code]).toEqual([429, 're_invite_cap_reached']);
}

test('the e-mail to a corrected address is the first one to it, and uses up no re-invite', async () => {
  const { api } = await stage.openPortal(ONE_A_DAY);
  const { id } = await invite(stage, api);
  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  await mailed(stage, id, 2);
  await expectOneReInvite(api, id, 3);
});

test('an e-mail that was never sent uses up no re-invite', async () => {
  const { api } = await stage.openPortal(ONE_A_DAY);
  stage.sink.mood = { code: 451, text: '4.3.0 Later', at: 'RCPT' };
  const { id } = (await api.post('/users', { email: newAddress(), name: 'Jane' }).expecting(201)).body;
  await eventually(async () => (await readPortalUser(stage.db.database, id)).delivery === 'deferred', 'the deferral');
  await api.post(`/users/${id}/deactivate`).expecting(200);
  stage.sink.mood = null;
  await api.post(`/users/${id}/reactivate`).expecting(202);
  await mailed(stage, id, 1);
  await expectOneReInvite(api, id, 2);
});

test('e-mails after a correction there and back count for the first address', async () => {
  const { api } = await stage.openPortal(ONE_A_DAY);
  const { id, email } = await invite(stage, api);
  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  await mailed(stage, id, 2);
  await api.patch(`/users/${id}`, { email }).expecting(200);
  await mailed(stage, id, 3);
  const { status, body } = await api.post(`/users/${id}/re-invite`);
  expect([status, body.code]).toEqual([429, 're_invite_cap_reached']);
});

test('deactivating and reactivating again and again mails no more than re-inviting', async () => {
  const { api } = await stage.openPortal(ONE_AN_HOUR);
  const { id, read, linkOf, mails, events } = await invite(stage, api);
  const deactivate = () => api.post(`/users/${id}/deactivate`).expecting(200);
  await deactivate();
  const [before, told] = [await read(), await events()];
  for (let round = 0; round < ROUNDS; round += 1) {
    const refused = await api.post(`/users/${id}/reactivate`);
    expectProblem(refused, 429, 're_invite_too_soon');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_500);
    await deactivate();
  }
  expect([await read(), await events()]).toEqual([before, told]);

  await coolDown(stage, id);
  await api.post(`/users/${id}/reactivate`).expecting(202);
  await linkOf(2);
  await deactivate();
  expectProblem(await api.post(`/users/${id}/reactivate`), 429, 're_invite_too_soon');
  await coolDown(stage, id);
  const capped = await api.post(`/users/${id}/reactivate`);
  expectProblem(capped, 429, 're_invite_cap_reached');
  expect(Number(capped.headers.get('retry-after'))).toBeGreaterThan(86_000);
  expect(mails()).toBe(2);
});

test('reactivations and deactivations at once mail one new link', async () => {
  const { api } = await stage.openPortal(ONE_AN_HOUR);
  const { id, mails } = await invite(stage, api);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await coolDown(stage, id);
  const calls = Array.from({ length: 2 * ROUNDS }, (_, n) =>
    api.post(`/users/${id}/${n % 2 === 0 ? 'reactivate' : 'deactivate'}`),
  );
  const statuses = (await Promise.all(calls)).map(({ status }) => status);
  expect(statuses.filter((status) => ![200, 202, 409, 429].includes(status))).toEqual([]);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await invite(stage, api); // mailed after anything that the calls could have caused
  expect(mails()).toBeLessThanOrEqual(2);
});

test('an e-mail that is being sent while its user is deactivated counts, with or without a cool-down', async () => {
  for (const [settings, code] of [
    [ONE_AN_HOUR, 're_invite_too_soon'],
    [ONE_A_DAY, 're_invite_cap_reached'],
  ] as const) {
    const { api } = await stage.openPortal(settings);
    const { id, mails } = await invite(stage, api);
    await coolDown(stage, id);
    const refused = new Promise<Awaited<ReturnType<ApiClient['post']>>>((resolve) => {
      stage.sink.onMail = async () => {
        delete stage.sink.onMail;
        await api.post(`/users/${id}/deactivate`).expecting(200);
        resolve(await api.post(`/users/${id}/reactivate`));
      };
    });
    await api.post(`/users/${id}/re-invite`).expecting(202);
    expectProblem(await refused, 429, code);
    expect(mails()).toBe(2);
  }
});

test('correcting an address there and back mails neither address more than re-inviting', async () => {
  const { api } = await stage.openPortal(ONE_AN_HOUR);
  const { id, email, read, mails } = await invite(stage, api);
  const other = newAddress();
  const correct = (to: string) => api.patch(`/users/${id}`, { email: to, name: 'Janet' });
  await correct(other).expecting(200); // the first e-mail to this address
  await mailed(stage, id, 2);
  const before = await read();
  for (let round = 0; round < ROUNDS; round += 1) {
    expectProblem(await correct(email), 429, 're_invite_too_soon');
    await correct(other).expecting(200);
  }
  expect(await read()).toEqual(before);

  for (const [n, to] of [email, other].entries()) {
    await coolDown(stage, id);
    await correct(to).expecting(200);
    await mailed(stage, id, 3 + n);
  }
  await coolDown(stage, id);
  expectProblem(await correct(email), 429, 're_invite_cap_reached');
  expect(await read()).toMatchObject({ email: other, invitation: { generation: 4, emailsSent: 4 } });
  expect(mails()).toBe(2);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(other))).toHaveLength(2);
});

test('another spelling of an address is the same address', async () => {
  const { api } = await stage.openPortal(ONE_AN_HOUR);
  const { id } = await invite(stage, api);
  for (const [n, email] of ['jane@b\u00fccher.example', newAddress()].entries()) {
    await api.patch(`/users/${id}`, { email }).expecting(200);
    await mailed(stage, id, 2 + n);
  }
  for (const email of ['Jane@xn--bcher-kva.example', 'jane@bu\u0308cher.example'])
    expectProblem(await api.patch(`/users/${id}`, { email }), 429, 're_invite_too_soon');
});

test('a user who was never mailed is reactivated, and a typo is corrected, at once', async () => {
  const { api } = await stage.openPortal(ONE_AN_HOUR);
  stage.sink.mood = { code: 451, text: '4.3.0 Later', at: 'RCPT' };
  const { id } = (await api.post('/users', { email: newAddress(), name: 'Jane' }).expecting(201)).body;
  await eventually(async () => (await readPortalUser(stage.db.database, id)).delivery === 'deferred', 'the deferral');
  await api.post(`/users/${id}/deactivate`).expecting(200);
  stage.sink.mood = null;
  await api.post(`/users/${id}/reactivate`).expecting(202);
  await mailed(stage, id, 1);

  for (const [n, email] of [newAddress(), newAddress()].entries()) {
    await api.patch(`/users/${id}`, { email }).expecting(200);
    await mailed(stage, id, 2 + n);
  }
});
