import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Attachment } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { type ConsoleRoute, portalRoutes } from '../harness/console-routes.ts';
import { addRequestAs, confirmedUser, type Opened, openCustomerPortal, signIn } from '../harness/open-portal.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Each page against each visitor; the routers are asked which pages there are, so that none is forgotten here. */
let stage: Stage;
let mine: Opened;
let requestId: string;
let attachmentId: string;
let visitors: Record<Visitor, () => Promise<ConsoleClient>>;

const STRANGERS = [
  'nobody',
  "another portal's user",
  "another portal's user, the cookie renamed",
  'a deactivated user',
  'an operator of this portal',
] as const;
const NEIGHBOUR = 'another user of this portal';
type Visitor = (typeof STRANGERS)[number] | typeof NEIGHBOUR;

const ASKED = 'asked to sign in';
const NOT_FOUND = '404';
const OWN = 'their own';
/** Whoever's the address is. */
const SENT = '303 /p/:portal/forgotten-password?sent=1';
/** What strangers get, and what another user of the same portal gets, with nothing filled in. */
const EXPECTED: Record<string, [string, string]> = {
  'get /sign-in': ['200', OWN],
  'post /sign-in': ['401', '401'],
  'post /sign-out': ['303 /p/:portal/sign-in', '303 /p/:portal/sign-in'],
  'get /forgotten-password': ['200', '200'],
  'post /forgotten-password': [SENT, SENT],
  'get /reset/:token': ['410', '410'],
  'post /reset/:token': ['410', '410'],
  'get /account': [ASKED, OWN],
  'get /account/password': [ASKED, '303 /p/:portal/account'],
  'post /account/password': [ASKED, '422'],
  'get /account/sessions/:sessionId/end': [ASKED, '303 /p/:portal/account'],
  'post /account/sessions/:sessionId/end': [ASKED, NOT_FOUND],
  'post /sign-out-everywhere': [ASKED, '303 /p/:portal/account'],
  'get ': [ASKED, OWN],
  'get /requests': [ASKED, '303 /p/:portal'],
  'get /requests/new': [ASKED, OWN],
  'post /requests/new': [ASKED, '422'],
  'get /requests/:id': [ASKED, NOT_FOUND],
  'get /requests/:id/replies': ['303 /p/:portal/requests/:id', '303 /p/:portal/requests/:id'],
  'get /requests/:id/close': ['303 /p/:portal/requests/:id', '303 /p/:portal/requests/:id'],
  'get /requests/:id/reopen': ['303 /p/:portal/requests/:id', '303 /p/:portal/requests/:id'],
  'post /requests/:id/replies': [ASKED, NOT_FOUND],
  'post /requests/:id/close': [ASKED, NOT_FOUND],
  'post /requests/:id/reopen': [ASKED, NOT_FOUND],
  'get /requests/:id/attachments/:attachmentId': [ASKED, NOT_FOUND],
};

beforeAll(async () => {
  stage = await setStage();
  mine = await openCustomerPortal(stage);
  requestId = await addRequestAs(mine, { subject: 'My secret subject', description: 'My secret text' }, [
    { name: 'secret.txt', content: 'My secret file' },
  ]);
  attachmentId = (await stage.db.database.em.fork().findOneOrFail(Attachment, { request: requestId })).id;
  const [neighbour, gone] = [
    await confirmedUser(stage, mine.slug, mine.api),
    await confirmedUser(stage, mine.slug, mine.api),
  ];
  await mine.api.post(`/users/${gone.id}/deactivate`).expecting(200);
  const elsewhere = await openCustomerPortal(stage);
  const operator = await insertOperator(stage.db.database, mine.slug, 'owner');
  const signedInAs = async (id: string, slug = mine.slug) => {
    const client = consoleClient(stage.url);
    await signIn(stage, client, slug, id);
    return client;
  };
  visitors = {
    nobody: async () => consoleClient(stage.url),
    "another portal's user": () => signedInAs(elsewhere.id, elsewhere.slug),
    "another portal's user, the cookie renamed": async () => {
      const client = await signedInAs(elsewhere.id, elsewhere.slug);
      for (const [name, value] of client.cookies) client.cookies.set(name.replace(elsewhere.slug, mine.slug), value);
      return client;
    },
    'a deactivated user': () => signedInAs(gone.id),
    'an operator of this portal': async () => {
      const client = consoleClient(stage.url);
      await client.signIn(operator.email);
      return client;
    },
    [NEIGHBOUR]: () => signedInAs(neighbour.id),
  };
}, 120_000);
afterAll(() => stage.close());

const nameOf = ({ method, path }: ConsoleRoute) => `${method} ${path.replace('/p/:portal', '')}`;

function address(template: string, request = requestId, attachment = attachmentId): string {
  return template
    .replace(':portal', mine.slug)
    .replace(':id', request)
    .replace(':attachmentId', attachment)
    .replace(':token', 'guessed');
}

/** Changes with any change of what is mine. */
async function everythingOfMine(): Promise<string> {
  const [row] = await stage.db.database.em.fork().execute<{ digest: string }[]>(
    `select md5(concat((select r::text from requests r where id = ?), (select string_agg(p::text, '') from replies p where request_id = ?),
       (select string_agg(a::text, '') from attachments a where request_id = ?), (select u::text from portal_users u where id = ?),
       (select count(*) from events where portal_user_id = ?), (select string_agg(s::text, '') from sessions s where portal_user_id = ?))) as digest`,
    [requestId, requestId, requestId, mine.id, mine.id, mine.id],
  );
  return row!.digest;
}

/** Asks for a page, or sends its form empty, and says in a word what came back. */
async function outcome(client: ConsoleClient, { method, path }: ConsoleRoute, to = address(path)): Promise<string> {
  const { status, location, html } = await client[method](to);
  expect(html).not.toMatch(/My secret|secret\.txt/);
  if (location?.startsWith(`/p/${mine.slug}/sign-in?next=`)) return ASKED;
  if (location) return `${status} ${location.replace(mine.slug, ':portal').replace(requestId, ':id')}`;
  if (status === 401 && /endet|ended/.test(html)) return ASKED;
  return status === 200 && html.includes('sign-out"') && !path.endsWith('password') ? OWN : String(status);
}

test('every page and form of the portal is in this table, and no other', () => {
  expect(portalRoutes(stage.services).map(nameOf).toSorted()).toEqual(Object.keys(EXPECTED).toSorted());
});

test.each<Visitor>([...STRANGERS, NEIGHBOUR])(
  '%s sees nothing of mine and changes nothing of mine, on any page',
  async (visitor) => {
    const before = await everythingOfMine();
    const outcomes: Record<string, string> = {};
    for (const route of portalRoutes(stage.services)) {
      outcomes[nameOf(route)] = await outcome(await visitors[visitor](), route);
    }
    const expected = Object.entries(EXPECTED).map(([name, [strangers, neighbours]]) => [
      name,
      visitor === NEIGHBOUR ? neighbours : strangers,
    ]);
    expect(outcomes).toEqual(Object.fromEntries(expected));
    expect(await everythingOfMine()).toBe(before);
  },
);

test('I reach my pages, and nothing by ids that are not mine, mixed or malformed', async () => {
  const neighbour = await visitors[NEIGHBOUR]();
  const theirs = await addRequestAs({
    path: mine.path,
    send: (path, fields) => neighbour.post(path, fields),
  });
  expect((await neighbour.get(`${mine.path}/requests/${theirs}`)).status).toBe(200);
  const other = await addRequestAs(mine);
  const ofMine = portalRoutes(stage.services).filter(
    ({ path }) => path.includes(':id') && !/replies|close|reopen/.test(path),
  );
  for (const { path } of ofMine) {
    expect((await mine.client.get(address(path))).status).toBe(200);
    for (const id of [theirs, mine.id, 'x', '%00', `${requestId}x`]) {
      expect([path, id, (await mine.client.get(address(path, id))).status]).toEqual([path, id, 404]);
    }
  }
  const attachment = '/p/:portal/requests/:id/attachments/:attachmentId';
  for (const to of [address(attachment, other), address(attachment, theirs), address(attachment, requestId, other)]) {
    expect((await mine.client.get(to)).status).toBe(404);
  }
  const stolen = address(attachment, theirs);
  expect((await neighbour.get(stolen)).status).toBe(404);
});

test('a form that another site sends is refused, and changes nothing', async () => {
  await mine.client.get(mine.path); // which says what was left to say
  const before = await everythingOfMine();
  for (const route of portalRoutes(stage.services).filter(({ method }) => method === 'post')) {
    for (const sender of ['cross-site', 'same-site', 'none']) {
      const { status } = await mine.client.post(address(route.path), { text: 'x' }, { 'sec-fetch-site': sender });
      expect([nameOf(route), sender, status]).toEqual([nameOf(route), sender, 403]);
    }
  }
  expect(await everythingOfMine()).toBe(before);
});
