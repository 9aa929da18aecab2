import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { expectProblem, invite, mailed, newAddress, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

test('a corrected name mails nobody and leaves the link alone', async () => {
  const { id, link, read, mails } = await invite(stage, api, { name: 'Jnae' });
  const before = await read();
  const { body } = await api.patch(`/users/${id}`, { name: 'Jane' }).expecting(200);
  expect(body).toEqual({ ...before, name: 'Jane' });
  expect(await read()).toEqual(body);
  expect((await fetch(link)).status).toBe(200);
  expect(mails()).toBe(1);
});

test('a change to what is there already changes nothing, and is not told', async () => {
  const { id, email, read, events } = await invite(stage, api, { name: 'Jane' });
  const [before, told] = [await read(), await events()];
  for (const change of [{}, { name: 'Jane' }, { email, name: ' Jane ' }]) {
    expect((await api.patch(`/users/${id}`, change).expecting(200)).body).toEqual(before);
  }
  expect(await events()).toEqual(told);
});

test('a corrected address kills the old link at once and mails the new address, and nobody else', async () => {
  const { id, link, mails, events } = await invite(stage, api);
  const email = newAddress();
  const others = stage.sink.mails.length;
  const { body } = await api.patch(`/users/${id}`, { email }).expecting(200);
  expect(body).toMatchObject({ email, invitation: { generation: 2, delivery: 'queued', linkExpiresAt: null } });
  expect((await fetch(link)).status).toBe(404);
  expect((await submitPassword(link)).status).toBe(404);

  const fresh = await stage.sink.mailTo(email);
  await mailed(stage, id, 2);
  expect(fresh.recipients).toEqual([email]);
  expect(mails()).toBe(1);
  expect(stage.sink.mails).toHaveLength(others + 1);
  expect(await events()).toEqual(expect.arrayContaining(['portal_user_changed', 'portal_user_re_invited']));

  expect((await submitPassword(fresh.link)).status).toBe(303);
  expect((await submitPassword(link)).status).toBe(404);
  const confirmed = (await api.get(`/users/${id}`)).body;
  expect(confirmed).toMatchObject({ email, confirmationStatus: 'confirmed' });
});

test('a password chosen through the old link, but never confirmed, is forgotten', async () => {
  const { id, link, row } = await invite(stage, api);
  const { confirm } = stage.services.invitations;
  stage.services.invitations.confirm = () => Promise.reject(new Refusal('unavailable', { retryAfter: 5 }));
  const unavailable = await submitPassword(link, PASSWORD);
  stage.services.invitations.confirm = confirm;
  expect([unavailable.status, unavailable.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await unavailable.text()).toContain('Your link stays valid');
  expect((await row()).pendingPasswordHash).toEqual(expect.any(String));

  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  expect(await row()).toMatchObject({ pendingPasswordHash: null, passwordHash: null });
});

test('the old address may be used by somebody else afterwards', async () => {
  const { id, email } = await invite(stage, api);
  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  await api.post('/users', { email, name: 'Somebody else' }).expecting(201);
  await stage.sink.mailTo(email, 2);
});

test('an address that is taken is refused, with who has it, and nobody is mailed', async () => {
  const { id, link, read } = await invite(stage, api);
  const other = await invite(stage, api);
  const contact = (await api.post('/contacts', { email: newAddress(), name: 'Jo' }).expecting(201)).body;
  const [before, rows] = [await read(), await rowCounts(stage)];

  const byUser = await api.patch(`/users/${id}`, { email: other.email.toUpperCase(), name: 'Changed' });
  expectProblem(byUser, 409, 'portal_user_exists');
  expect(byUser.body.portalUserId).toBe(other.id);
  const byContact = await api.patch(`/users/${id}`, { email: contact.email });
  expectProblem(byContact, 409, 'contact_exists');
  expect(byContact.body.contactId).toBe(contact.id);

  expect(await read()).toEqual(before);
  expect(await rowCounts(stage)).toEqual(rows);
  expect((await fetch(link)).status).toBe(200);
});

test('two portal users who are given one address at once do not both get it', async () => {
  const people = [await invite(stage, api), await invite(stage, api)];
  const email = newAddress();
  const answers = await Promise.all(people.map(({ id }) => api.patch(`/users/${id}`, { email })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  const winner = answers.findIndex(({ status }) => status === 200);
  expectProblem(answers[1 - winner]!, 409, 'portal_user_exists');
  await mailed(stage, people[winner]!.id, 2);
  expect((await people[1 - winner]!.read()).email).toBe(people[1 - winner]!.email);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});

test('after confirmation the name can be corrected, the address no more', async () => {
  const { id, link, read } = await invite(stage, api);
  expect((await submitPassword(link, PASSWORD)).status).toBe(303);
  await api.patch(`/users/${id}`, { name: 'Jane Roe' }).expecting(200);
  const before = await read();
  expectProblem(await api.patch(`/users/${id}`, { email: newAddress(), name: 'X' }), 409, 'already_confirmed');
  expect(await read()).toEqual(before);
  expect(before.name).toBe('Jane Roe');
});

test("a deactivated portal user's address stays as it is", async () => {
  const { id, read } = await invite(stage, api);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  const before = await read();
  expectProblem(await api.patch(`/users/${id}`, { email: newAddress() }), 409, 'deactivated');
  expect(await read()).toEqual(before);
});

test.each([
  ['null for a name', { name: null }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a line end in a name', { name: 'a\nb' }, 'name'],
  ['two addresses', { email: 'a@example.com, evil@example.com' }, 'email'],
  ['a status', { confirmationStatus: 'confirmed' }, 'confirmationStatus'],
  ['a locale', { locale: 'de' }, 'locale'],
  ['an array', [], 'body'],
])('a change with %s is refused and changes nothing', async (_title, change, field) => {
  const { id, read } = await invite(stage, api);
  const before = await read();
  expectProblem(await api.patch(`/users/${id}`, change), 400, 'invalid_request', [field]);
  expect(await read()).toEqual(before);
});
