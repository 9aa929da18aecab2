/**
 * Every route of the product against everybody who does not belong: the routers are asked which routes there are, so a
 * route that is added later is tested here by itself. The two portals are `ours`, where the visitors have their rights, and
 * `theirs`, which nothing that a visitor sends may show or change.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { endpoints } from '../api/route-endpoints.ts';
import { ApiKey, Attachment, BulkAction, InvitationEmail } from '../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from './harness/console-client.ts';
import { consoleRoutes, portalRoutes } from './harness/console-routes.ts';
import { eventually } from './harness/eventually.ts';
import { newAddress } from './harness/invite.ts';
import { addRequestAs, openCustomerPortal } from './harness/open-portal.ts';
import { insertOperator } from './harness/rows.ts';
import { ADMIN_API_KEY, type Stage, setStage } from './harness/stage.ts';
import { type Route, type Visitor, withCookies, withKey } from './harness/visitors.ts';

/** Part of every text of the other portal that is not public. */
const MARKER = 'Bravo4711';
const STRANGERS = [
  "another portal's API key",
  "another portal's owner",
  "another portal's staff",
  "another portal's user",
  'nobody',
] as const;
const RIGHTFUL = ['the administrator', 'their API key', 'their owner', 'their portal user'] as const;

let stage: Stage;
let ours: Awaited<ReturnType<typeof openCustomerPortal>>;
let theirs: Awaited<ReturnType<typeof openCustomerPortal>>;
/** Ids of rows of the other portal, by what they are. */
let ids: Record<string, string>;
let routes: Route[];
let visitors: Record<(typeof STRANGERS | typeof RIGHTFUL)[number], Visitor>;

beforeAll(async () => {
  stage = await setStage();
  const named = { name: `${MARKER} Person`, note: `${MARKER} note` };
  ours = await openCustomerPortal(stage);
  theirs = await openCustomerPortal(stage, {}, named);
  routes = [
    ...endpoints.map(({ method, path }) => ({ method, path: path.replaceAll(/\{(\w+)\}/g, ':$1') })),
    ...consoleRoutes(stage.services),
    ...portalRoutes(stage.services),
  ];
  /** Sends each cookie under the name that it would have at the other portal, too. */
  const asBrowser = ({ cookies }: ConsoleClient) =>
    withCookies(stage.url, () =>
      [...cookies].flatMap(([name, value]) => [
        [name, value],
        [name.replace(ours.slug, theirs.slug), value],
      ]),
    );
  const { owner, ...filled } = await fillTheirPortal();
  ids = filled;
  visitors = {
    "another portal's API key": withKey(stage.url, ours.key),
    "another portal's owner": asBrowser(await signedInOperator(ours.slug, 'owner')),
    "another portal's staff": asBrowser(await signedInOperator(ours.slug, 'staff')),
    "another portal's user": asBrowser(ours.client),
    nobody: asBrowser(consoleClient(stage.url)),
    'the administrator': withKey(stage.url, ADMIN_API_KEY),
    'their API key': withKey(stage.url, theirs.key),
    'their owner': asBrowser(owner),
    'their portal user': asBrowser(theirs.client),
  };
}, 120_000);
afterAll(() => stage.close());

/** A row of each kind that a route can name. */
async function fillTheirPortal() {
  const { slug, api } = theirs;
  const requestId = await addRequestAs(theirs, { subject: MARKER, description: MARKER }, [
    { name: `${MARKER}.txt`, content: MARKER },
  ]);
  await api.post(`/requests/${requestId}/replies`, { text: MARKER }).expecting(201);
  const contact = await api.post('/contacts', { email: newAddress(), name: `${MARKER} Contact` }).expecting(201);
  const pending = await api.post('/users', { email: newAddress(), name: `${MARKER} Pending` }).expecting(201);
  await eventually(async () => (await api.get(`/users/${pending.body.id}`)).body.invitation.emailsSent === 1, 'e-mail');
  const stranger = await insertOperator(stage.db.database, slug, 'staff');
  const owner = await signedInOperator(slug, 'owner');
  const bulkActionId = await startBulkAction(owner, pending.body.id);
  const em = stage.db.database.em.fork();
  return {
    owner,
    user: theirs.id,
    pending: pending.body.id as string,
    contact: contact.body.id as string,
    request: requestId,
    attachment: (await em.findOneOrFail(Attachment, { request: requestId })).id,
    operator: stranger.id,
    apiKey: (await em.findOneOrFail(ApiKey, { portal: { slug } })).id,
    email: (await em.findOneOrFail(InvitationEmail, { portalUser: pending.body.id })).id,
    bulkAction: bulkActionId,
  };
}

async function signedInOperator(slug: string, role: 'owner' | 'staff'): Promise<ConsoleClient> {
  const { email } = await insertOperator(stage.db.database, slug, role);
  const client = consoleClient(stage.url);
  await client.signIn(email);
  return client;
}

/** A finished bulk action that re-invited nobody, as it is too soon. @returns its id */
async function startBulkAction(owner: ConsoleClient, userId: string): Promise<string> {
  const id = uuid();
  await owner.post(`/console/${theirs.slug}/bulk-actions`, { action: 're_invite', ids: [userId], id });
  const em = stage.db.database.em.fork();
  await eventually(async () => (await em.fork().findOne(BulkAction, { id }))?.finishedAt != null, 'the bulk action');
  return id;
}

/** What a route takes, so that a refusal is one of rights and not of a missing field. */
function bodyOf({ path }: Route): Record<string, string | string[]> {
  if (!path.startsWith('/v1/')) {
    const form = { email: 'intruder@example.com', name: 'Intruder', role: 'owner', text: 'x', status: 'closed' };
    const about = { action: 'deactivate', ids: [ids.pending!], contact: [ids.contact!], id: ids.bulkAction! };
    return { ...form, ...about, subject: 'x', description: 'x', kind: 'invitation' };
  }
  if (/users\/(re-invite|deactivate)$/.test(path)) return { ids: [ids.pending!] };
  if (path.endsWith('/requests')) return { portalUserId: ids.user!, subject: 'x', description: 'x' };
  if (path.endsWith('/requests/:id')) return { status: 'closed' };
  if (path.endsWith('/replies')) return { text: 'x' };
  if (path.endsWith('/operators')) return { email: 'intruder@example.com', name: 'Intruder', role: 'owner' };
  if (path.endsWith('/api-keys')) return { name: 'Intruder' };
  if (/\/(users|contacts)$/.test(path)) return { email: 'intruder@example.com', name: 'Intruder' };
  return /\/:(id|portal)$/.test(path) ? { name: 'Intruder' } : {};
}

/** The addresses of a route below a portal: with each id of the other portal's rows. */
function addressesOf({ path }: Route, slug: string): string[] {
  const below = path.replace(':portal', slug).replace(':token', 'guessed').replace(':kind', 'invitation');
  const named = below
    .replace(':attachmentId', ids.attachment!)
    .replace(':emailId', ids.email!)
    .replace(':key', ids.bulkAction!);
  if (!named.includes(':id')) return [named];
  return Object.values(ids).map((id) => named.replace(':id', id));
}

/** By table what changes with any row that names the other portal or something of it. */
async function everythingOfTheirs(): Promise<Record<string, string>> {
  const em = stage.db.database.em.fork();
  const tables = await em.execute<{ name: string }[]>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_name <> 'remembered_answers'`, // they repeat what the visitor sent
  );
  const [portal] = await em.execute<{ id: string }[]>('select id from portals where slug = ?', [theirs.slug]);
  const names = [portal!.id, theirs.slug, MARKER, ...Object.values(ids)].join('|');
  const digests = tables.map(
    ({ name }) =>
      `(select md5(string_agg(t::text, ',' order by t::text)) from "${name}" t where t::text ~ '${names}') as "${name}"`,
  );
  const [row] = await em.execute<Record<string, string>[]>(`select ${digests.join(', ')}`);
  return row!;
}

/** Pages that anybody may open: they show nothing but how to get in. */
const PUBLIC = /^\/(console|p\/:portal)\/(sign-(in|out)|forgotten-password|reset\/:token)$/;

/** Addresses of forms, which lead to the page that has the form; and pages of what was typed into a form. */
const LEADS_ON =
  /^\/p\/:portal\/requests$|\/(replies|close|reopen|account\/password|sessions\/:sessionId\/end|added\/:key|preview\/:kind)$/;

const isBelowPortal = ({ path }: Route) => path.includes(':portal');

test('the routes are those of the API, the console and the portal', () => {
  expect(routes.length).toBeGreaterThan(90);
  expect(routes.filter(isBelowPortal).length).toBeGreaterThan(80);
});

test('every page opens for somebody of its portal by one of these ids, so that the refusals below mean something', async () => {
  for (const route of routes.filter(({ method, path }) => method === 'get' && isBelowPortal({ method, path }))) {
    if (PUBLIC.test(route.path) || LEADS_ON.test(route.path)) continue;
    const answers = addressesOf(route, theirs.slug).flatMap((address) =>
      RIGHTFUL.map(async (name) => (await visitors[name](route, address)).status),
    );
    expect([route.path, (await Promise.all(answers)).includes(200)]).toEqual([route.path, true]);
  }
});

describe.each(STRANGERS)('%s', (name) => {
  test('opens nothing and changes nothing at any route of a portal that is not theirs', async () => {
    const before = await everythingOfTheirs();
    for (const route of routes.filter(isBelowPortal)) {
      for (const address of addressesOf(route, theirs.slug)) {
        const { status, location, text } = await visitors[name](route, address, bodyOf(route));
        expect([route.method, address, text.includes(MARKER)]).toEqual([route.method, address, false]);
        if (PUBLIC.test(route.path)) continue;
        const isRefused = status >= 400 || (status === 303 && /\/sign-in\?next=|\/requests\/[^/]+$/.test(location!));
        expect([route.method, address, status, location, isRefused]).toEqual([
          route.method,
          address,
          status,
          location,
          true,
        ]);
      }
    }
    expect(await everythingOfTheirs()).toEqual(before);
  });

  test("reaches nothing by another portal's ids at the portal that is theirs, or at none", async () => {
    const before = await everythingOfTheirs();
    for (const route of routes.filter(({ path }) => !path.includes('sign-out'))) {
      for (const address of addressesOf(route, ours.slug)) {
        const { text } = await visitors[name](route, address, bodyOf(route));
        expect([route.method, address, text.includes(MARKER)]).toEqual([route.method, address, false]);
      }
    }
    expect(await everythingOfTheirs()).toEqual(before);
  });
});
