import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { consoleRoutes } from '../harness/console-routes.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const SOME_ID = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';

let stage: Stage;
let client: ConsoleClient;
let slug: string;
beforeAll(async () => {
  stage = await setStage();
  ({ slug } = await stage.openPortal());
  client = consoleClient(stage.url);
  await client.signIn((await insertOperator(stage.db.database, slug)).email);
});
afterAll(() => stage.close());

test('every form has an address that can also be opened: a page, or a redirect to one', async () => {
  const routes = consoleRoutes(stage.services);
  const pages = new Set(routes.filter(({ method }) => method === 'get').map(({ path }) => path));
  const forms = routes.filter(({ method, path }) => method === 'post' && !pages.has(path));
  expect(forms.length).toBeGreaterThan(10);
  for (const { path } of forms) {
    const opened = await client.get(path.replace(':portal', slug).replaceAll(/:\w+/g, SOME_ID));
    expect([path, opened.status, opened.location]).toEqual([path, 303, expect.stringMatching(/^\/console/)]);
  }
});

test.each([
  ['/account/name', '/account'],
  ['/account/password', '/account'],
  ['/account/sign-out-everywhere', '/account'],
  [`/SLUG/users/${SOME_ID}/correct`, `/SLUG/users/${SOME_ID}`],
  [`/SLUG/requests/${SOME_ID}/reply`, `/SLUG/requests/${SOME_ID}`],
  [`/SLUG/contacts/${SOME_ID}/add-portal-user`, `/SLUG/contacts/${SOME_ID}`],
  [`/SLUG/settings/operators/${SOME_ID}/role`, '/SLUG/settings/operators'],
])('the address of the form %s leads to the page %s', async (form, page) => {
  const at = (path: string) => `/console${path.replace('SLUG', slug)}`;
  const opened = await client.get(at(form));
  expect([opened.status, opened.location]).toEqual([303, at(page)]);
});

test('after a refused change of the name the address in the browser opens the account page', async () => {
  const refused = await client.post('/console/account/name', { name: '' });
  expect(refused.status).toBe(422);
  const { location } = await client.get('/console/account/name');
  expect((await client.get(location!)).html).toContain('<h1>Your account</h1>');
});

test('the address of a form at another portal leads to no page', async () => {
  const other = await stage.openPortal();
  const { location } = await client.get(`/console/${other.slug}/users/${SOME_ID}/correct`);
  expect((await client.get(location!)).status).toBe(404);
});
