import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endpoints } from '../api/route-endpoints.ts';
import { type ApiClient, apiClient } from './harness/api-client.ts';
import { submitPassword } from './harness/confirm.ts';
import { type ConsoleClient, consoleClient } from './harness/console-client.ts';
import { consoleRoutes, portalRoutes } from './harness/console-routes.ts';
import { invite, newAddress } from './harness/invite.ts';
import { insertOperator } from './harness/rows.ts';
import { ADMIN_API_KEY, type Stage, setStage } from './harness/stage.ts';

/** Whoever has a link's token chooses a password with it: the mailbox is the only place that has it. */
let stage: Stage;
let slug: string;
let key: string;
let api: ApiClient;
let owner: ConsoleClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, key, api } = await stage.openPortal());
  const { email } = await insertOperator(stage.db.database, slug, 'owner');
  owner = consoleClient(stage.url);
  await owner.signIn(email);
});
afterAll(() => stage.close());

const tokenOf = (link: string) => link.split('/').at(-1)!;

/** Sends a request with headers that `fetch` does not let one set. */
function ask(path: string, headers: Record<string, string>, body?: string): Promise<{ head: string; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(stage.url + path, { method, headers }, async (response) => {
      const chunks = await response.toArray();
      resolve({ head: JSON.stringify(response.headers), text: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

test('no answer of the API and no page shows the token of a link that was mailed', async () => {
  const person = await invite(stage, api);
  const added = await api.post('/users', { email: newAddress(), name: 'Jo' }).expecting(201);
  const secondToken = tokenOf((await stage.sink.mailTo(added.body.email)).link);
  const [email] = await stage.db.database.em
    .fork()
    .execute<{ id: string }[]>('select id from invitation_emails where portal_user_id = ?', [person.id]);
  const address = (path: string) =>
    path
      .replace(/:portal|\{portal\}/, slug)
      .replace(':emailId', email!.id)
      .replace(':kind', 'invitation')
      .replace(/:id|\{id\}/, person.id)
      .replaceAll(/:\w+/g, person.id);
  const answers = [JSON.stringify(added.body), JSON.stringify([...added.headers])];
  for (const { method, path } of endpoints) {
    if (method !== 'get') continue;
    for (const caller of [key, ADMIN_API_KEY]) {
      answers.push(JSON.stringify((await apiClient(stage.url, caller).get(address(path))).body));
    }
  }
  const pages = [...consoleRoutes(stage.services), ...portalRoutes(stage.services)];
  for (const { method, path } of pages) {
    if (method === 'get' && !path.endsWith('/live')) answers.push((await owner.get(address(path))).html);
  }
  expect(answers.filter((answer) => answer.includes(person.email)).length).toBeGreaterThan(8);
  for (const token of [tokenOf(person.link), secondToken]) {
    expect(token).toMatch(/^[\w-]{71}$/);
    expect(answers.filter((answer) => answer.includes(token))).toEqual([]);
  }
});

test.each([
  ['Host', { host: 'evil.example' }],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }],
  ['Forwarded', { forwarded: 'host=evil.example;proto=https' }],
])('mailed links and answers lead to the configured address, whatever %s says', async (_title, headers) => {
  const email = newAddress();
  const asProgram = { ...headers, authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const added = await ask(`/v1/portals/${slug}/users`, asProgram, JSON.stringify({ email, name: 'Jane' }));
  const { link, raw } = await stage.sink.mailTo(email);
  expect(link.startsWith(`${stage.url}/confirm/`)).toBe(true);
  const path = new URL(link).pathname;
  const answers = [
    added,
    await ask(path, headers),
    await ask('/', headers),
    await ask('/console', headers),
    await ask(`/console/${slug}/users`, headers),
    await ask(`/p/${slug}/account`, headers),
    await ask(`/p/${slug}/welcome`, headers),
  ];
  for (const { head, text } of answers) expect(head + text).not.toContain('evil.example');
  expect(raw).not.toContain('evil.example');
});

test('a mail for a forgotten password leads to the configured address, whatever Host says', async () => {
  const { email, link } = await invite(stage, api);
  await submitPassword(link);
  const headers = { host: 'evil.example', 'sec-fetch-site': 'same-origin' };
  const form = new URLSearchParams({ email }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  await ask(`/p/${slug}/forgotten-password`, { ...headers, ...type }, form);
  const { text } = await stage.sink.mailTo(email, 2);
  expect(text).toContain(`${stage.url}/p/${slug}/reset/`);
  expect(text).not.toContain('evil.example');
});
