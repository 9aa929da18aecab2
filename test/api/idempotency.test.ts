import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseLinkKeys } from '../../links/link-keys.ts';
import { type ApiAnswer, type ApiClient, apiClient } from '../harness/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { expectProblem, mailed, newAddress, rowCounts } from '../harness/invite.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

let keys = 0;
function newKey() {
  keys += 1;
  return { 'idempotency-key': `"key-${keys}"` };
}

const told = ({ status, body, headers }: ApiAnswer) => ({ status, body, location: headers.get('location') });

test('the same call with the same key gives the first answer again, adds nobody and mails once', async () => {
  const [key, email] = [newKey(), newAddress()];
  const user = { email, name: 'Jane', metadata: { zebra: 1, ape: 'x' } };
  const first = await api.post('/users', user, key).expecting(201);
  await mailed(stage, first.body.id, 1);
  await api.patch(`/users/${first.body.id}`, { name: 'Changed since' }).expecting(200);
  const before = await rowCounts(stage);

  // The first answer, not the user as it is now; the members' order does not matter, nor quotes around the key.
  expect(told(await api.post('/users', user, key))).toEqual(told(first));
  const shuffled = { metadata: { zebra: 1, ape: 'x' }, name: ' Jane', email };
  expect(told(await api.post('/users', shuffled, { 'idempotency-key': `key-${keys}` }))).toEqual(told(first));
  expect(await rowCounts(stage)).toEqual(before);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});

test('contacts and portals are created once per key, too', async () => {
  const [contact, portal] = [
    { email: newAddress(), name: 'Jo' },
    { slug: 'once', name: 'Once' },
  ];
  const [ofContact, ofPortal] = [newKey(), newKey()];
  const firstContact = await api.post('/contacts', contact, ofContact).expecting(201);
  expect(told(await api.post('/contacts', contact, ofContact))).toEqual(told(firstContact));
  const firstPortal = await stage.admin.post('/v1/portals', portal, ofPortal).expecting(201);
  expect(told(await stage.admin.post('/v1/portals', portal, ofPortal))).toEqual(told(firstPortal));
});

test('a key that came with another payload, or for something else, is refused', async () => {
  const key = newKey();
  const email = newAddress();
  await api.post('/users', { email, name: 'Jane' }, key).expecting(201);
  const before = await rowCounts(stage);
  for (const [path, body] of [
    ['/users', { email, name: 'June' }],
    ['/users', { email: newAddress(), name: 'Jane' }],
    ['/users', { email, name: 'Jane', locale: 'de' }],
    ['/contacts', { email, name: 'Jane' }],
  ] as const) {
    expectProblem(await api.post(path, body, key), 422, 'idempotency_key_reused');
  }
  expect(await rowCounts(stage)).toEqual(before);
});

test('calls at once with one key make one portal user and one e-mail', async () => {
  const [key, email] = [newKey(), newAddress()];
  const answers = await Promise.all(Array.from({ length: 6 }, () => api.post('/users', { email, name: 'Jane' }, key)));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
  expect(ids.size).toBe(1);
  for (const answer of answers.filter(({ status }) => status !== 201)) {
    expectProblem(answer, 409, 'idempotency_key_in_use');
  }
  const [id] = ids;
  await mailed(stage, id, 1);
  expect((await api.get(`/users?q=${email}`).expecting(200)).body.data).toHaveLength(1);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});

test('while the first call with a key is being answered, the next is told to wait', async () => {
  const { slug, api: slow } = await stage.openPortal();
  const [key, user] = [newKey(), { email: newAddress(), name: 'Jane' }];
  const em = stage.db.database.em.fork();
  await em.begin();
  await em.execute('select 1 from portals where slug = ? for update', [slug]); // nobody can be added meanwhile
  const first = slow.post('/users', user, key);
  const held =
    "select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())";
  await eventually(async () => (await em.execute<unknown[]>(held)).length > 0, 'the first call to be under way');

  expectProblem(await slow.post('/users', user, key), 409, 'idempotency_key_in_use');
  await em.rollback();
  const answered = await first.expecting(201);
  expect(told(await slow.post('/users', user, key))).toEqual(told(answered));
});

test('a key counts within its portal only', async () => {
  const { api: elsewhere } = await stage.openPortal();
  const [key, email] = [newKey(), newAddress()];
  const here = await api.post('/users', { email, name: 'Jane' }, key).expecting(201);
  const there = await elsewhere.post('/users', { email, name: 'Jane' }, key).expecting(201);
  expect(there.body.id).not.toBe(here.body.id);
  await elsewhere.post('/contacts', { email: newAddress(), name: 'Jo' }, newKey()).expecting(201);
});

test('a failed call leaves its key free for the next', async () => {
  const [key, email] = [newKey(), newAddress()];
  const taken = await api.post('/users', { email, name: 'Jane' }).expecting(201);
  for (let i = 0; i < 2; i += 1) {
    expectProblem(await api.post('/users', { email, name: 'Jane' }, key), 409, 'portal_user_exists');
    expectProblem(await api.post('/users', { email: 'nobody', name: 'Jane' }, key), 400, 'invalid_request', ['email']);
  }
  const fresh = await api.post('/users', { email: newAddress(), name: 'Jane' }, key).expecting(201);
  expect(fresh.body.id).not.toBe(taken.body.id);
});

test.each([
  ['nothing', ''],
  ['two keys', 'a, b'],
  ['a quote that never ends', '"abc'],
  ['nothing in quotes', '""'],
  ['letters beyond ASCII', '"caf\xe9"'],
  ['an escaped letter', '"a\\b"'],
  ['text after the string', '"a"b'],
  ['1,025 characters', 'x'.repeat(1_025)],
])('a key of %s is refused and adds nobody', async (_title, value) => {
  const before = await rowCounts(stage);
  const answer = await api.post('/users', { email: newAddress(), name: 'Jane' }, { 'idempotency-key': value });
  expectProblem(answer, 400, 'invalid_request', ['Idempotency-Key']);
  expect(await rowCounts(stage)).toEqual(before);
});

test.each([
  ['an escaped quote', '"a\\"b"'],
  ['an escaped backslash', '"a\\\\b"'],
  ['a blank', '" "'],
  ['a parameter', '"c";d=1'],
  ['1,024 characters', `"${'x'.repeat(1_024)}"`],
  ['no quotes, beginning with a digit', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
])('a key with %s is accepted', async (_title, value) => {
  const [key, user] = [{ 'idempotency-key': value }, { email: newAddress(), name: 'Jane' }];
  const first = await api.post('/users', user, key).expecting(201);
  expect(told(await api.post('/users', user, key))).toEqual(told(first));
});

test('what is remembered can be read with neither the table nor the key alone', async () => {
  const key = { 'idempotency-key': '"only-the-caller-knows"' };
  const email = newAddress();
  await api.post('/users', { email, name: 'Jane' }, key).expecting(201);
  const [row] = await stage.db.database.em
    .fork()
    .execute<{ text: string }[]>(
      "select string_agg(t::text || encode(sealed, 'escape'), '') as text from remembered_answers t",
    );
  expect(row!.text.length).toBeGreaterThan(1_000);
  for (const secret of ['only-the-caller-knows', email, 'not_confirmed']) expect(row!.text).not.toContain(secret);
});

test('an answer outlives a rotation of the server key; once its key is dropped, the call is refused and not repeated', async () => {
  const { slug, key: bearer } = await stage.openPortal();
  const [key, user] = [newKey(), { email: newAddress(), name: 'Jane' }];
  const under = async (linkKeys: string) => {
    await using other = await serve({ ...stage.services, linkKeys: parseLinkKeys(linkKeys) });
    return await apiClient(other.url, bearer, `/v1/portals/${slug}`).post('/users', user, key);
  };
  const [older, newer] = [TEST_LINK_KEYS, `2:${Buffer.alloc(32, 8).toString('base64url')}`];
  const first = await under(older);
  expect(first.status).toBe(201);
  expect(told(await under(`${newer},${older}`))).toEqual(told(first));
  const before = await rowCounts(stage);
  expectProblem(await under(newer), 422, 'idempotency_key_reused');
  expect(await rowCounts(stage)).toEqual(before);
});
