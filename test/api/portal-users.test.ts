import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Contact } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { expectProblem, invite, mailed, newAddress, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
let slug: string;
beforeAll(async () => {
  stage = await setStage();
  ({ api, slug } = await stage.openPortal());
});
afterAll(() => stage.close());

test('a new portal user is Not Confirmed, has an address of their own, and gets one e-mail', async () => {
  const email = newAddress();
  const { body, headers } = await api.post('/users', { email, name: ' Jane Doe ' }).expecting(201);
  expect(headers.get('location')).toBe(`/v1/portals/${slug}/users/${body.id}`);
  expect(body).toEqual({
    id: expect.any(String),
    portal: slug,
    contactId: expect.any(String),
    email,
    name: 'Jane Doe',
    locale: null,
    note: null,
    afterConfirmingUrl: null,
    metadata: {},
    confirmationStatus: 'not_confirmed',
    invitation: {
      generation: 1,
      emailsSent: 0,
      lastSentAt: null,
      linkExpiresAt: null,
      linkExpired: false,
      delivery: 'queued',
      nextReminderAt: null,
      workflowId: `invitation/${body.id}`,
      workflowUrl: `http://temporal.example/namespaces/default/workflows/invitation%2F${body.id}`,
    },
    confirmedAt: null,
    deactivatedAt: null,
    createdAt: expect.any(String),
  });

  await mailed(stage, body.id, 1);
  const mail = await stage.sink.mailTo(email);
  expect(mail.recipients).toEqual([email]);
  const { invitation } = (await api.get(`/users/${body.id}`).expecting(200)).body;
  expect(invitation).toMatchObject({ generation: 1, emailsSent: 1, delivery: 'sent', linkExpired: false });
  const validity = Date.parse(invitation.linkExpiresAt) - Date.parse(invitation.lastSentAt);
  expect(validity).toBe(7 * 86_400_000);
  expect(Date.parse(invitation.nextReminderAt) - Date.parse(invitation.lastSentAt)).toBe(3 * 86_400_000);
});

test('names and metadata come back as they were typed, whatever is in them', async () => {
  const name = `<img src=x onerror=alert(1)> O'Neil & "Söhne" {{portalName}} $t(sendNewLink) 🎉 שלום`;
  const metadata = Object.fromEntries(
    ['constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'toJSON', 'then', 'a.b', '$ne', ' '].map(
      (key) => [key, `value of ${key}`],
    ),
  );
  const kinds = { number: -1.5e-7, large: 1e300, yes: true, nothing: null, empty: '', text: '"\\%_\'; drop table' };
  const { id, email, read } = await invite(stage, api, { name, metadata: { ...metadata, ...kinds } });
  expect(await read()).toMatchObject({ name, metadata: { ...metadata, ...kinds } });

  const mail = await stage.sink.mailTo(email);
  expect(mail.to).toMatchObject({ value: [{ address: email, name }] });
  expect(mail.text).toContain(name);
  expect(mail.html).toContain('&lt;img src');
  expect(mail.html).not.toContain('<img');
  expect(({} as Record<string, unknown>).admin).toBeUndefined();
  const found = (await api.get(`/users?q=${encodeURIComponent(name)}`).expecting(200)).body;
  expect(found.data.map((user: { id: string }) => user.id)).toEqual([id]);
});

test("a locale is kept in its canonical form and decides the e-mail's language", async () => {
  const { read, email } = await invite(stage, api, { locale: 'DE-at' });
  expect((await read()).locale).toBe('de-AT');
  expect((await stage.sink.mailTo(email)).text).toContain('bestätigen');
});

test.each([
  ['the same', 'same.person@example.com', 'same.person@example.com'],
  ['other capitals', 'Jane.Roe@Example.com', 'jANE.rOE@eXAMPLE.COM'],
  ['the domain in ASCII', 'jane@MÜNCHEN.example', 'jane@xn--mnchen-3ya.example'],
  ['letters composed otherwise', 'ren\u00e9@example.com', 'rene\u0301@example.com'],
  ['blanks around it', 'blank@example.com', '  blank@example.com '],
  ['full-width letters', 'wide@example.com', 'wide@\uff45xample.com'],
])('one address spelled in two ways (%s) is one portal user', async (_title, email, again) => {
  const { body } = await api.post('/users', { email, name: 'First' }).expecting(201);
  await mailed(stage, body.id, 1);
  const [before, mails] = [await rowCounts(stage), stage.sink.mails.length];

  const second = await api.post('/users', { email: again, name: 'Second' });
  expectProblem(second, 409, 'portal_user_exists');
  expect(second.body.portalUserId).toBe(body.id);
  expectProblem(await api.post('/contacts', { email: again, name: 'Third' }), 409, 'contact_exists');
  expectProblem(await api.post('/users', { contactId: body.contactId }), 409, 'portal_user_exists');
  expect((await api.get(`/users/${body.id}`)).body).toMatchObject({ email, name: 'First' });
  expect(await rowCounts(stage)).toEqual(before);
  expect(stage.sink.mails).toHaveLength(mails);
});

test('the same address is another portal user in another portal', async () => {
  const { api: elsewhere } = await stage.openPortal();
  const email = newAddress();
  await api.post('/users', { email, name: 'Jane' }).expecting(201);
  await elsewhere.post('/users', { email, name: 'Jane' }).expecting(201);
  await stage.sink.mailTo(email, 2);
});

test('of several calls at once for one address, one adds and mails, the others are told who was first', async () => {
  const email = newAddress();
  const calls = [email, email.toUpperCase(), email, email.toUpperCase()];
  const answers = await Promise.all(calls.map((spelling) => api.post('/users', { email: spelling, name: 'Jane' })));
  const [added, ...more] = answers.filter(({ status }) => status === 201);
  expect(more).toEqual([]);
  for (const answer of answers.filter((one) => one !== added)) {
    expectProblem(answer, 409, 'portal_user_exists');
    expect(answer.body.portalUserId).toBe(added!.body.id);
  }
  await mailed(stage, added!.body.id, 1);
  const mails = stage.sink.mails.filter(({ recipients }) => recipients[0]!.toLowerCase() === email);
  expect(mails).toHaveLength(1);
});

test('a contact becomes a portal user by id, or by address, and stays one contact', async () => {
  const email = newAddress();
  const contact = (await api.post('/contacts', { email, name: 'Jo', account: 'ACME' }).expecting(201)).body;
  const user = (await api.post('/users', { contactId: contact.id.toUpperCase() }).expecting(201)).body;
  expect(user).toMatchObject({ contactId: contact.id, email, name: 'Jo' });
  await stage.sink.mailTo(email);

  const other = newAddress();
  const known = (await api.post('/contacts', { email: other, name: 'J.', account: 'ACME' }).expecting(201)).body;
  const named = (await api.post('/users', { email: other.toUpperCase(), name: 'Jo Roe' }).expecting(201)).body;
  expect(named).toMatchObject({ contactId: known.id, email: other, name: 'Jo Roe' });
  const row = await stage.db.database.em.fork().findOneOrFail(Contact, known.id);
  expect(row).toMatchObject({ name: 'Jo Roe', account: 'ACME', email: other });

  const unknown = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';
  expectProblem(await api.post('/users', { contactId: unknown }), 404, 'not_found');
  expectProblem(await api.post('/users', { contactId: 'unknown' }), 400, 'invalid_request', ['contactId']);
});

test('an id in capitals is the same id, for every answer', async () => {
  const { id, read } = await invite(stage, api);
  const capitals = id.toUpperCase();
  expect((await api.get(`/users/${capitals}`).expecting(200)).body).toEqual(await read());
  expectProblem(await api.post(`/users/${capitals}/re-invite`), 429, 're_invite_too_soon');
  const { data } = (await api.post('/users/re-invite', { ids: [id, capitals] }).expecting(200)).body;
  expect(data).toMatchObject([{ id, status: 429 }]);
});

test('the timeline tells what happened and who did it, oldest first', async () => {
  const { id, link } = await invite(stage, api, { name: 'Typo' });
  await api.patch(`/users/${id}`, { name: 'Jane' }).expecting(200);
  expect((await submitPassword(link, PASSWORD)).status).toBe(303);
  const { data, nextCursor } = (await api.get(`/users/${id}/events`).expecting(200)).body;
  const told = data.map((event: { type: string; actor: string }) => [event.type, event.actor.replace(/\/.*/, '')]);
  expect(told).toEqual([
    ['portal_user_added', 'api_key'],
    ['invitation_sent', 'temporal'],
    ['portal_user_changed', 'api_key'],
    ['portal_user_confirmed', 'portal_user'],
  ]);
  expect(nextCursor).toBeNull();
  expect(data[2].data).toEqual({ before: { name: 'Typo' }, after: { name: 'Jane' } });
  expect(JSON.stringify(data)).not.toContain(link.split('/').at(-1));
});
