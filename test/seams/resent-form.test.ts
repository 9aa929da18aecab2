import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newAddress } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a form that is sent again says what holds now of the user whom it added', async () => {
  const { api, client, slug, formKey, users } = await openConsole(stage);
  const form = `/console/${slug}/users/new`;
  const [typo, right] = [newAddress(), newAddress()];
  const fields = { formKey: await formKey(form), name: 'Jane Doe', email: typo };
  const send = async () => {
    const { status, location } = await client.post(form, fields);
    expect(status).toBe(303);
    return (await client.get(location!)).html;
  };
  expect(await send()).toContain(`An invitation is on its way to ${typo}`);

  const { id } = (await users())[0]!;
  await api.patch(`/users/${id}`, { email: right }).expecting(200);
  const afterCorrection = await send();
  expect(afterCorrection).toContain(`An invitation is on its way to ${right}`);
  expect(afterCorrection).not.toContain(typo);

  await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(await send()).toContain('Jane Doe was added by this form before, and is Deactivated now. Nothing was mailed.');

  await stage.db.database.em.fork().execute('delete from contacts where email = ?', [right]);
  expect(await send()).toContain('The portal user was erased since this form was first sent.');
  expect(await users()).toEqual([]);
});
