import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalUser } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import { keptRows } from '../harness/kept-rows.ts';
import { openCustomerPortal } from '../harness/open-portal.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('who is deactivated while their form is on its way adds nothing, and keeps what was typed', async () => {
  const { client, path, api, id } = await openCustomerPortal(stage);
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const part = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const call = httpRequest(`${stage.url}${path}/requests/new`, {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'multipart/form-data; boundary=b' },
  });
  const answered = once(call, 'response');
  call.write(part('subject', 'Too late'));
  await once(call, 'socket');
  await api.get(`/users/${id}`).expecting(200); // the form's head was read before this
  await api.post(`/users/${id}/deactivate`).expecting(200);
  const before = await keptRows(stage);
  call.end(`${part('description', 'Please')}--b--\r\n`);
  const [answer] = (await answered) as [IncomingMessage];
  const html = await readText(answer);
  expect(answer.statusCode).toBe(401);
  expect(html).toContain('Too late');
  expect(await keptRows(stage)).toEqual(before);
});

test('requests of one person by the portal and by the API at once are all added, each under its number', async () => {
  const { send, path, api, id } = await openCustomerPortal(stage);
  const both = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0
        ? send(`${path}/requests/new`, { subject: `Form ${i}`, description: 'Please' })
        : api.post('/requests', { portalUserId: id, subject: `Call ${i}`, description: 'Please' }),
    ),
  );
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 303]));
  const { data } = (await api.get('/requests').expecting(200)).body as { data: { number: number }[] };
  expect(data.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
});

test('a reply of the help desk and one of its portal user at once are both added', async () => {
  const { send, path, api, id } = await openCustomerPortal(stage);
  const { body } = await api.post('/requests', { portalUserId: id, subject: 'S', description: 'D' }).expecting(201);
  const both = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      i % 2 === 0
        ? send(`${path}/requests/${body.id}/replies`, { text: `Mine ${i}` })
        : api.post(`/requests/${body.id}/replies`, { text: `Theirs ${i}` }),
    ),
  );
  expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 303]));
});

test('a link to a new password does not come alive again after a deactivation', async () => {
  const { api, id, slug, client } = await openCustomerPortal(stage);
  const user = await stage.db.database.em.fork().findOneOrFail(PortalUser, id, { populate: ['passwordHash'] });
  const token = passwordResetToken(stage.services.linkKeys, user, new Date(Date.now() + 3_600_000));
  const address = `/p/${slug}/reset/${token}`;
  expect((await client.get(address)).status).toBe(200);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await api.post(`/users/${id}/reactivate`).expecting(202);
  expect((await client.get(address)).status).toBe(410);
});
