import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** A portal user whose workflow somebody has terminated by hand. */
async function orphan(email: string) {
  const { api } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const { id, invitation } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  const { link } = await stage.sink.mailTo(email);
  const user = async () => (await api.get(`/users/${id}`)).body;
  await eventually(async () => (await user()).invitation.emailsSent === 1, 'the delivery');
  await stage.worker.client.workflow.getHandle(invitation.workflowId).terminate('by hand');
  return { api, id, link, user };
}

test('a link still confirms when its workflow was terminated by hand, and mails nothing', async () => {
  const { link, user } = await orphan('confirms@example.com');
  expect((await submitPassword(link)).status).toBe(303);
  expect(await user()).toMatchObject({ confirmationStatus: 'confirmed', invitation: { emailsSent: 1 } });
});

test('re-invite still mails a new link when the workflow was terminated by hand', async () => {
  const { api, id, link } = await orphan('again@example.com');
  await api.post(`/users/${id}/re-invite`).expecting(202);
  const newLink = (await stage.sink.mailTo('again@example.com', 2)).link;
  expect((await fetch(link)).status).toBe(410);
  expect((await submitPassword(newLink)).status).toBe(303);
});

test('deactivate still takes access away when the workflow was terminated by hand', async () => {
  const { api, id, link, user } = await orphan('gone@example.com');
  await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(await user()).toMatchObject({ confirmationStatus: 'deactivated' });
  expect((await fetch(link)).status).toBe(410);
});
