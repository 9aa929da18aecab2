import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Portal, PortalRequest, PortalUser } from '../../db/entities/index.ts';
import { previewBulkAction } from '../../db/queries/bulk-preview.ts';
import { countPortalUsers, type PortalUserCounts } from '../../db/queries/count-portal-users.ts';
import { countRequests } from '../../db/queries/count-requests.ts';
import { matching } from '../../db/queries/list-portal-users.ts';
import { matchingRequests } from '../../db/queries/list-requests.ts';
import { BULK_ACTIONS, LINK_EXPIRIES, type PortalUserFilter } from '../../vocabulary/portal-users.ts';
import { CONFIRMATION_STATUSES, DELIVERIES, REQUEST_STATUSES } from '../../vocabulary/statuses.ts';
import { insertManyPortalUsers } from '../harness/many-portal-users.ts';
import { insertManyRequests } from '../harness/many-requests.ts';
import { insertPortal } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

const ROWS = 90;
/** Of these who are Not Confirmed, before their first e-mail was sent. */
const WITHOUT_LINK = 7;

let db: TestDatabase;
let portal: Portal;
const fork = () => db.database.em.fork();

beforeAll(async () => {
  db = await createTestDatabase();
  portal = await insertPortal(db.database, { reInviteCooldownSeconds: 0 });
  const elsewhere = await insertPortal(db.database);
  for (const { id } of [portal, elsewhere]) {
    await insertManyPortalUsers(fork(), id, ROWS);
    await insertManyRequests(fork(), id);
  }
  await fork().execute(
    `update portal_users set delivery = 'queued', link_expires_at = null
      where id in (select id from portal_users where portal_id = ? and confirmation_status = 'not_confirmed' limit ?)`,
    [portal.id, WITHOUT_LINK],
  );
  await fork().execute(`update requests set status = 'open' where portal_id = ? and number % 3 = 0`, [portal.id]);
});
afterAll(() => db.drop());

/** The same numbers, each counted by itself. */
async function countedOneByOne(filter: PortalUserFilter): Promise<PortalUserCounts> {
  const count = (one: PortalUserFilter) => fork().count(PortalUser, matching(portal.id, { ...filter, ...one }));
  const by = async <Key extends 'status' | 'delivery' | 'link'>(key: Key, values: readonly string[]) => {
    const entries: [string, number][] = [];
    for (const value of values) {
      // Two different conditions on one thing match nobody: the filter's own value gives way to this one.
      entries.push([value, await count({ [key]: value })]);
    }
    return Object.fromEntries(entries) as PortalUserCounts[Key];
  };
  return {
    matching: await count({}),
    status: await by('status', CONFIRMATION_STATUSES),
    delivery: await by('delivery', DELIVERIES),
    link: await by('link', LINK_EXPIRIES),
  };
}

test.each<PortalUserFilter>([
  {},
  { status: 'not_confirmed' },
  { status: 'confirmed', delivery: 'sent' },
  { link: 'expired' },
  { link: 'valid', delivery: 'bounced' },
  { status: 'confirmed', link: 'valid' },
  { q: 'person' },
  { q: 'person a' },
  { q: 'user1', status: 'not_confirmed', link: 'expired' },
  { q: 'nobody at all' },
])('no more than the bound are counted exactly: %j', async (filter) => {
  expect(await countPortalUsers(fork(), portal.id, filter, ROWS)).toEqual(await countedOneByOne(filter));
});

test('over the bound, what is a sum of few is exact, and what is not is said to be many', async () => {
  const exact = await countedOneByOne({});
  const queued = await countedOneByOne({ delivery: 'queued' });
  const counts = await countPortalUsers(fork(), portal.id, {}, WITHOUT_LINK);
  expect(counts).toEqual({
    matching: 'many',
    status: { not_confirmed: 'many', confirmed: 'many', deactivated: 'many' },
    delivery: { ...exact.delivery, sent: 'many' },
    link: { valid: 'many', expired: 'many' },
  });
  expect(exact.delivery).toMatchObject({ queued: WITHOUT_LINK });
  expect(await countPortalUsers(fork(), portal.id, { delivery: 'queued' }, WITHOUT_LINK)).toMatchObject({
    matching: WITHOUT_LINK,
    status: queued.status,
    link: { valid: 0, expired: 0 },
  });
});

test('of a search that finds more than the bound, only that is told', async () => {
  const unknown = {
    status: { not_confirmed: 'unknown', confirmed: 'unknown', deactivated: 'unknown' },
    link: { valid: 'unknown', expired: 'unknown' },
  };
  expect(await countPortalUsers(fork(), portal.id, { q: 'person' }, ROWS - 1)).toMatchObject({
    matching: 'many',
    ...unknown,
  });
  expect(await countPortalUsers(fork(), portal.id, { q: 'person', delivery: 'bounced' }, ROWS - 1)).toMatchObject({
    matching: 'unknown',
    ...unknown,
  });
});

test('requests are counted alike', async () => {
  const one = await fork().findOneOrFail(PortalRequest, { portal, status: 'open' });
  for (const filter of [{}, { q: 'person a' }, { portalUser: one.portalUser.id }, { status: 'open' } as const]) {
    const count = (more: object) => fork().count(PortalRequest, matchingRequests(portal.id, { ...filter, ...more }));
    const status: Record<string, number> = {};
    for (const each of REQUEST_STATUSES) status[each] = await count({ status: each });
    expect(await countRequests(fork(), portal.id, filter, ROWS)).toEqual({ matching: await count({}), status });
  }
  const few = (filter: object) => countRequests(fork(), portal.id, filter, 10);
  expect(await few({})).toMatchObject({ matching: 'many', status: { open: 'many', closed: 'many' } });
  const onHold = (await countRequests(fork(), portal.id, {}, ROWS)).status.on_hold;
  expect(await few({ status: 'on_hold' })).toMatchObject({ matching: onHold, status: { on_hold: onHold } });
  const unknown = { open: 'unknown', on_hold: 'unknown', closed: 'unknown' };
  expect(await few({ q: 'person' })).toEqual({ matching: 'many', status: unknown });
  expect(await few({ q: 'person', status: 'open' })).toEqual({ matching: 'unknown', status: unknown });
});

test.each(BULK_ACTIONS)('what %s would do is told of as many as the bound, and of no more', async (action) => {
  const outlook = (bound: number) => previewBulkAction(fork(), portal.id, action, { filter: {} }, bound);
  const told = await outlook(ROWS);
  if (told === 'many') throw new Error('The bound itself is not more than the bound');
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(ROWS);
  expect(await outlook(ROWS - 1)).toBe('many');
});
