import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invite, mailed, newAddress } from '../api/invite.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const ONE_A_DAY = { reInviteCooldownSeconds: 0, reInviteDailyCap: 1 };

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
