import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { submitPassword } from './harness/confirm.ts';
import { eventually } from './harness/eventually.ts';
import { type Stage, setStage } from './harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a person is invited, reads the mail, opens the link, confirms, and the workflow has ended', async () => {
  const { api } = await stage.openPortal();

  const added = await api.post('/users', { email: 'Jane.Doe@Example.com', name: 'Jane Doe' }).expecting(201);
  const { id } = added.body;
  expect(added.headers.get('location')).toBe(`/v1/portals/${added.body.portal}/users/${id}`);
  expect(added.body).toMatchObject({ email: 'Jane.Doe@Example.com', confirmationStatus: 'not_confirmed' });

  const mail = await stage.sink.mailTo('Jane.Doe@Example.com');
  expect(mail.subject).toBe('Your access to Acme Help Center');
  const before = await eventually(async () => {
    const { body } = await api.get(`/users/${id}`);
    return body.invitation.emailsSent === 1 && body;
  }, 'the delivery');
  expect(before.invitation).toMatchObject({ generation: 1, delivery: 'sent', linkExpired: false });

  for (let i = 0; i < 20; i += 1) expect((await fetch(mail.link)).status).toBe(200);
  expect((await fetch(mail.link, { method: 'HEAD' })).status).toBe(200);
  expect((await api.get(`/users/${id}`)).body).toEqual(before);

  const confirmed = await submitPassword(mail.link);
  expect(confirmed.status).toBe(303);
  const welcome = await fetch(new URL(confirmed.headers.get('location')!, stage.url));
  expect(await welcome.text()).toContain('You are confirmed');

  const after = (await api.get(`/users/${id}`)).body;
  expect(after).toMatchObject({ confirmationStatus: 'confirmed', confirmedAt: expect.any(String) });
  const workflow = await stage.worker.client.workflow.getHandle(after.invitation.workflowId).describe();
  expect(workflow.status.name).toBe('COMPLETED');
  expect(workflow.historyLength).toBeLessThanOrEqual(18);

  const again = await fetch(mail.link);
  expect(again.status).toBe(409);
  expect(await again.text()).toContain('You are confirmed already');
  expect((await submitPassword(mail.link, 'another password of five words')).status).toBe(409);

  const timeline = (await api.get(`/users/${id}/events`)).body.data;
  for (const { data } of timeline) expect(data).toEqual(expect.any(Object));
  expect(timeline.map(({ type }: { type: string }) => type)).toEqual([
    'portal_user_added',
    'portal_enabled',
    'invitation_sent',
    'portal_user_confirmed',
  ]);
});
