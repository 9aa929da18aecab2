import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Portal } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { type ConsoleRoute, consoleRoutes } from '../harness/console-routes.ts';
import { insertOperator, insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Each guard stands before every page, also before those that are added later: the routers are asked which there are. */
let stage: Stage;
let mine: Portal;
let theirs: Portal;
/** Ids of rows of another portal. */
let foreignIds: string[];
let owner: ConsoleClient;
let staff: ConsoleClient;
let routes: ConsoleRoute[];

beforeAll(async () => {
  stage = await setStage();
  routes = consoleRoutes(stage.services);
  const { database } = stage.db;
  [mine, theirs] = [await insertPortal(database), await insertPortal(database)];
  const user = await insertPortalUser(database, theirs);
  const stranger = await insertOperator(database, theirs.slug);
  foreignIds = [user.id, user.contact.id, stranger.id, theirs.id];
  owner = await signedIn('owner');
  staff = await signedIn('staff');
});
afterAll(() => stage.close());

async function signedIn(role: 'owner' | 'staff'): Promise<ConsoleClient> {
  const { email } = await insertOperator(stage.db.database, mine.slug, role);
  const client = consoleClient(stage.url);
  await client.signIn(email);
  return client;
}

const SOME_ID = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';

function address({ path }: ConsoleRoute, portal: Portal, id = SOME_ID): string {
  return path.replace(':portal', portal.slug).replaceAll(/:\w+/g, id);
}

function ofMethod(method: 'get' | 'post'): ConsoleRoute[] {
  return routes.filter((route) => route.method === method);
}

/** Changes with any change of any row. */
async function everything(): Promise<string> {
  const em = stage.db.database.em.fork();
  const tables = await em.execute<{ name: string }[]>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const digests = tables.map(({ name }) => `(select md5(string_agg(t::text, ',' order by t::text)) from "${name}" t)`);
  const [row] = await em.execute<{ digest: string }[]>(`select concat_ws('/', ${digests.join(', ')}) as digest`);
  return row!.digest;
}

test('the console has the pages and forms that are guarded here', () => {
  expect(ofMethod('get').length).toBeGreaterThan(6);
  expect(ofMethod('post').length).toBeGreaterThan(6);
  expect(routes).toContainEqual({ method: 'post', path: '/console/:portal/settings/operators/:id/remove' });
});

describe('a form that no page of ours has sent', () => {
  const SENDERS: [string, Record<string, string>][] = [
    ['says nothing of where it comes from', {}],
    ['comes from another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['comes from a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }],
    ['comes from no page', { 'sec-fetch-site': 'none' }],
    ['claims our origin, but the browser says otherwise', { 'sec-fetch-site': 'cross-site' }],
    ['comes from an older browser at another site', { origin: 'https://evil.example' }],
    ['comes from a page without an origin', { origin: 'null' }],
    ['comes from another port of this host', { origin: 'http://127.0.0.1:1' }],
  ];

  test.each(SENDERS)('is refused everywhere, and changes nothing: it %s', async (title, sender) => {
    const headers = { ...sender, ...(title.startsWith('claims') && { origin: stage.url }) };
    const cookie = [...owner.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const before = await everything();
    for (const route of ofMethod('post')) {
      const body = new URLSearchParams({ email: 'jane@example.com', name: 'Jane', role: 'staff' });
      const init = { method: 'POST', body, redirect: 'manual', headers: { ...headers, cookie } } as const;
      const answer = await fetch(stage.url + address(route, mine), init);
      expect([route.path, answer.status]).toEqual([route.path, 403]);
      expect(await answer.text()).toContain('was not sent from a page of ours');
    }
    expect(await everything()).toBe(before);
  });

  test('is let through where an older browser names our origin, as it is configured or as it was asked', async () => {
    for (const origin of [new URL(stage.services.publicUrl).origin, stage.url]) {
      const init = { method: 'POST', redirect: 'manual', headers: { origin } } as const;
      const answer = await fetch(`${stage.url}/console/sign-out`, init);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console/sign-in']);
    }
  });
});

describe('without a session', () => {
  const ofOperators = ({ path }: ConsoleRoute) => !/^\/console\/(sign-|forgotten-password)/.test(path);

  test('every page asks to sign in, and is come back to', async () => {
    for (const route of ofMethod('get').filter(ofOperators)) {
      const path = `${address(route, mine)}?q=a%20b&status=confirmed`;
      const { status, location } = await consoleClient(stage.url).get(path);
      const question = `/console/sign-in?next=${encodeURIComponent(path)}`;
      expect([route.path, status, location]).toEqual([route.path, 303, question]);
    }
  });

  test('a part of a page has the whole page ask, and come back to what the browser shows', async () => {
    for (const route of ofMethod('get').filter(ofOperators)) {
      const shown = `${stage.url}/console/${mine.slug}/users?q=x`;
      const headers = { 'hx-request': 'true', 'hx-current-url': shown };
      const answer = await consoleClient(stage.url).get(address(route, mine), headers);
      const question = `/console/sign-in?next=${encodeURIComponent(`/console/${mine.slug}/users?q=x`)}`;
      expect([route.path, answer.status, answer.headers.get('hx-redirect')]).toEqual([route.path, 200, question]);
      expect(answer.html).toBe('');
    }
  });

  test('every form is told that nothing was carried out, and that is so', async () => {
    const before = await everything();
    for (const route of ofMethod('post').filter(ofOperators)) {
      const client = consoleClient(stage.url);
      const referer = `${stage.url}/console/${mine.slug}/users`;
      const { status, location } = await client.post(address(route, mine), { name: 'Jane' }, { referer });
      const question = `/console/sign-in?next=${encodeURIComponent(`/console/${mine.slug}/users`)}&ended=1`;
      expect([route.path, status, location]).toEqual([route.path, 303, question]);
      expect((await client.get(location!)).html).toContain('was not carried out');
    }
    expect(await everything()).toBe(before);
  });
});

describe("another portal's", () => {
  const ofPortals = ({ path }: ConsoleRoute) => path.includes('/:portal/');

  test('pages are not found, just as those of a portal that does not exist', async () => {
    const nowhere = { ...theirs, slug: 'no-such-portal' };
    for (const portal of [theirs, nowhere]) {
      for (const route of ofMethod('get').filter(ofPortals)) {
        for (const headers of [{}, { 'hx-request': 'true' }]) {
          const { status, html } = await owner.get(address(route, portal, foreignIds[0]), headers);
          expect([route.path, status]).toEqual([route.path, 404]);
          expect(html).not.toContain('Jane Doe');
        }
      }
    }
  });

  test('forms are not found either, and change nothing', async () => {
    const before = await everything();
    for (const route of ofMethod('post').filter(ofPortals)) {
      for (const id of foreignIds) {
        const { status } = await owner.post(address(route, theirs, id), { role: 'staff' });
        expect([route.path, status]).toEqual([route.path, 404]);
      }
    }
    expect(await everything()).toBe(before);
  });

  test('rows are not found below the own portal', async () => {
    const ofRows = ({ path }: ConsoleRoute) => /\/:\w*id\b/i.test(path);
    const before = await everything();
    for (const id of foreignIds) {
      for (const route of ofMethod('get').filter(ofRows)) {
        expect([route.path, (await owner.get(address(route, mine, id))).status]).toEqual([route.path, 404]);
      }
      for (const route of ofMethod('post').filter(ofRows)) {
        const { status } = await owner.post(address(route, mine, id), { role: 'staff', name: 'X' });
        expect([route.path, status]).toEqual([route.path, 404]);
      }
    }
    expect(await everything()).toBe(before);
  });
});

test("a portal's settings, keys and operators are its owners' alone", async () => {
  const before = await everything();
  const settings = routes.filter(({ path }) => path.startsWith('/console/:portal/settings'));
  expect(settings.length).toBeGreaterThan(4);
  for (const route of settings) {
    const { status, html } = await staff[route.method](address(route, mine));
    expect([route.path, status]).toEqual([route.path, 403]);
    expect(html).toContain('Only owners of this portal may do that');
  }
  expect(await everything()).toBe(before);
  expect((await staff.get(`/console/account`)).html).not.toContain(`/console/${mine.slug}/settings`);
  expect((await owner.get(`/console/${mine.slug}/settings/operators`)).status).toBe(200);
});
