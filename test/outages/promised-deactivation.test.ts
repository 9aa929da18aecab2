import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import type { TestWorker } from '../harness/test-worker.ts';

let stage: Stage;
let worker: TestWorker;
beforeAll(async () => {
  stage = await setStage({ taskQueue: `away-${randomUUID()}` });
  worker = await stage.startWorker();
});
afterAll(async () => {
  await worker.stop();
  await stage.close();
});

test('a deactivation that was promised while a confirmation waited for a worker takes the access away', async () => {
  const { api, slug } = await stage.openPortal();
  const emails = ['one@example.com', 'many@example.com'];
  const users = await Promise.all(
    emails.map(async (email) => {
      const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
      const { link } = await stage.sink.mailTo(email);
      await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the delivery');
      return { id, email, link };
    }),
  );
  await worker.stop();

  const confirmations = await Promise.all(users.map(({ link }) => submitPassword(link)));
  expect(confirmations.map(({ status }) => status)).toEqual([202, 202]);
  const [one, many] = users;
  await Promise.all([
    api.post(`/users/${one!.id}/deactivate`).expecting(202),
    api.post('/users/deactivate', { ids: [many!.id] }).expecting(200),
  ]);
  worker = await stage.startWorker();

  for (const { id, email } of users) {
    const user = async () => (await api.get(`/users/${id}`)).body;
    await eventually(async () => (await user()).confirmationStatus === 'deactivated', 'the deactivation');
    const { data } = (await api.get(`/users/${id}/events`)).body;
    const types = data.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['portal_user_confirmed', 'portal_user_deactivated']));
    const signIn = await fetch(`${stage.url}/p/${slug}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: stage.url, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ email, password: PASSWORD }),
    });
    expect(signIn.status).toBe(401);
  }
});
