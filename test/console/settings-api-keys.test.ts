import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiKey, Session } from '../../db/entities/index.ts';
import { apiClient } from '../harness/api-client.ts';
import { consoleClient } from '../harness/console-client.ts';
import { errorsIn, openSettings, unescaped } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const keysOf = (slug: string) => stage.db.database.em.fork().find(ApiKey, { portal: { slug } });

test('a key that an owner makes works, and is shown this once', async () => {
  const { client, path, slug, operator } = await openSettings(stage);
  const made = await client.post(`${path}/api-keys`, { name: 'CRM <b>"sync"</b>' });
  expect(made.status).toBe(201);
  expect(made.headers.get('cache-control')).toBe('no-store');
  const key = /<input id="made-key" class="key" value="(pik_[\w-]+)" readonly/.exec(made.html)![1]!;
  await apiClient(stage.url, key, `/v1/portals/${slug}`).get('/users').expecting(200);

  const { html } = await client.get(`${path}/api-keys`);
  expect(html).not.toContain(key);
  expect(unescaped(html)).toContain(`>CRM <b>"sync"</b></th>`);
  expect(html).toContain(`>${operator.name}</td>`);
  expect(html).toContain('>the administrator (API)</td>'); // made the key of the tests
  const sessions = await stage.db.database.em.fork().find(Session, {});
  expect(JSON.stringify(sessions)).not.toContain(key);
});

test.each([
  ['', 'Must not be empty'],
  ['x'.repeat(101), 'Must have at most 100 characters'],
  ['a\nb', 'Must be one line without control characters'],
])('no key is made by the name %j', async (name, text) => {
  const { client, path, slug } = await openSettings(stage);
  const answer = await client.post(`${path}/api-keys`, { name });
  expect([answer.status, errorsIn(answer.html)]).toEqual([422, { name: text }]);
  expect(answer.html).not.toContain('pik_');
  expect(await keysOf(slug)).toHaveLength(1);
});

test('a form that is sent twice makes one key, and shows it again in the session that made it only', async () => {
  const { client, path, slug, operator } = await openSettings(stage);
  const [, formKey] = /name="formKey" value="([^"]+)"/.exec((await client.get(`${path}/api-keys`)).html)!;
  const fields = { formKey: formKey!, name: 'CRM' };
  const shown = /value="(pik_[\w-]+)"/;
  const twice = await Promise.all([client.post(`${path}/api-keys`, fields), client.post(`${path}/api-keys`, fields)]);
  const [key, again] = twice.map(({ html }) => shown.exec(html)?.[1]);
  expect(key).toBeDefined();
  expect(again).toBe(key);

  const elsewhere = consoleClient(stage.url);
  await elsewhere.signIn(operator.email);
  const { html } = await elsewhere.post(`${path}/api-keys`, fields);
  expect(html).toContain('was made by this form before');
  expect(html).not.toMatch(shown);
  expect((await keysOf(slug)).map(({ name }) => name).toSorted()).toEqual(['CRM', 'test']);
  const remembered = await stage.db.database.em.fork().execute('select * from remembered_answers');
  expect(JSON.stringify(remembered)).not.toContain('pik_');
});

test('revoking asks first, then the key is dead and the list says so', async () => {
  const { client, path, slug, api } = await openSettings(stage);
  const [{ id }] = (await keysOf(slug)) as [ApiKey];
  const question = await client.get(`${path}/api-keys/${id}/revoke`);
  expect(question.html).toContain('Revoke <bdi>test</bdi>?');
  const inDialog = await client.get(`${path}/api-keys/${id}/revoke`, { 'hx-request': 'true' });
  expect(inDialog.html).toMatch(/^<article/);
  await api.get('').expecting(200);

  const answer = await client.post(`${path}/api-keys/${id}/revoke`);
  expect([answer.status, answer.location]).toEqual([303, `${path}/api-keys`]);
  await api.get('').expecting(401);
  const { html } = await client.get(`${path}/api-keys`);
  expect(html).toContain('The key was revoked');
  expect(html).toMatch(/Revoked <time/);
  expect(html).not.toContain(`${id}/revoke`);
  for (const again of [
    await client.get(`${path}/api-keys/${id}/revoke`),
    await client.post(`${path}/api-keys/${id}/revoke`),
  ]) {
    expect(again.status).toBe(404);
  }
});

test('a key of another portal is not found, nor is what is no key', async () => {
  const [mine, other] = [await openSettings(stage), await openSettings(stage)];
  const [{ id }] = (await keysOf(other.slug)) as [ApiKey];
  for (const each of [id, '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f', 'x', '%00']) {
    expect((await mine.client.get(`${mine.path}/api-keys/${each}/revoke`)).status).toBe(404);
    expect((await mine.client.post(`${mine.path}/api-keys/${each}/revoke`)).status).toBe(404);
  }
  await other.api.get('').expecting(200);
});
