import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { expectProblem, invite, newAddress, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

test('a new contact is listed, is no portal user, and is not mailed', async () => {
  const email = 'Jo.Roe@Example.com';
  const { body } = await api.post('/contacts', { email, name: 'Jo Roe', account: 'ACME' }).expecting(201);
  expect(body).toEqual({
    id: expect.any(String),
    email,
    name: 'Jo Roe',
    account: 'ACME',
    portalUserId: null,
    createdAt: expect.any(String),
  });
  expect((await api.get('/contacts?q=jo.roe@').expecting(200)).body).toEqual({ data: [body], nextCursor: null });
  expect((await api.get('/users').expecting(200)).body.data).toEqual([]);

  const person = await invite(stage, api); // its e-mail is sent after anything that the contact could have caused
  expect(stage.sink.mails.map(({ recipients }) => recipients)).toEqual([[person.email]]);
});

test('a contact that became a portal user says which', async () => {
  const { id, email, read } = await invite(stage, api);
  const { contactId } = await read();
  const { data } = (await api.get(`/contacts?q=${email}`).expecting(200)).body;
  expect(data).toMatchObject([{ id: contactId, portalUserId: id }]);
});

test('contacts are listed by whether they are portal users, until they become some', async () => {
  const { api: other } = await stage.openPortal();
  const add = async (name: string) =>
    (await other.post('/contacts', { email: newAddress(), name }).expecting(201)).body.id as string;
  const [anna, bernd] = [await add('Anna'), await add('Bernd')];
  const ids = async (query: string) =>
    ((await other.get(`/contacts?${query}`).expecting(200)).body.data as { id: string }[]).map(({ id }) => id);
  expect(await ids('portalUser=no')).toEqual([anna, bernd]);
  expect(await ids('portalUser=yes')).toEqual([]);

  await other.post('/users', { contactId: bernd }).expecting(201);
  expect(await ids('portalUser=no')).toEqual([anna]);
  expect(await ids('portalUser=yes&q=bernd')).toEqual([bernd]);
  await stage.db.database.em.fork().execute('delete from portal_users where contact_id = ?', [bernd]);
  expect(await ids('portalUser=no')).toEqual([anna, bernd]);
  expectProblem(await other.get('/contacts?portalUser=maybe'), 400, 'invalid_request', ['query.portalUser']);
});

test('a contact is there once, also when it is added twice at once', async () => {
  const email = newAddress();
  const answers = await Promise.all(
    [email, email.toUpperCase()].map((one) => api.post('/contacts', { email: one, name: 'A' })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const [added, refused] = answers.toSorted((a, b) => a.status - b.status);
  expectProblem(refused!, 409, 'contact_exists');
  expect(refused!.body.contactId).toBe(added!.body.id);
});

test.each([
  ['no name', { email: 'a@example.com' }, 'name'],
  ['an account of 201 characters', { email: 'a@example.com', name: 'A', account: 'x'.repeat(201) }, 'account'],
  ['a line end in the account', { email: 'a@example.com', name: 'A', account: 'a\nb' }, 'account'],
  ['metadata', { email: 'a@example.com', name: 'A', metadata: {} }, 'metadata'],
])('a contact with %s is refused', async (_title, body, field) => {
  const before = await rowCounts(stage);
  expectProblem(await api.post('/contacts', body), 400, 'invalid_request', [field]);
  expect(await rowCounts(stage)).toEqual(before);
});
