import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../db/database.ts';
import type { Portal } from '../../db/entities/index.ts';
import { listEvents, listPortalEvents } from '../../db/events.ts';
import { COUNT_BOUND } from '../../db/queries/bounded-count.ts';
import { previewBulkAction } from '../../db/queries/bulk-preview.ts';
import { listContacts } from '../../db/queries/contacts.ts';
import { countPortalUsers } from '../../db/queries/count-portal-users.ts';
import { countRequests } from '../../db/queries/count-requests.ts';
import { findMissingInvitations, findOverdueInvitations } from '../../db/queries/find-missing-invitations.ts';
import { listPortalUsers, PORTAL_USER_SORTS } from '../../db/queries/list-portal-users.ts';
import { listRequests } from '../../db/queries/list-requests.ts';
import { BULK_ACTIONS } from '../../vocabulary/portal-users.ts';
import { insertManyPortalUsers } from '../harness/many-portal-users.ts';
import { insertManyRequests } from '../harness/many-requests.ts';
import { insertPortal } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

const ROWS = 100_000;
/** Contacts who are no portal users. */
const NEWCOMERS = 100;
/** No list query may read more rows than this to fill a page of 50. */
const MOST_ROWS_READ = 2_000;

let db: TestDatabase;
let database: Database;
let portal: Portal;
const statements: { query: string; params: unknown[] }[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  portal = await insertPortal(db.database);
  database = await openDatabase(db.url, { patient: true });
  database.config.getLogger().setDebugMode(['query', 'query-params']);
  database.config.getLogger().logQuery = ({ query, params }) => {
    statements.push({ query: query!, params: [...(params ?? [])] });
  };
  const em = database.em.fork();
  await insertManyPortalUsers(em, portal.id, ROWS);
  await insertManyRequests(em, portal.id);
  await em.execute(
    `insert into contacts (id, portal_id, email, email_key, name, created_at)
     select gen_random_uuid(), ?, 'newcomer' || i || '@example.com', 'newcomer' || i || '@example.com',
            'Person ' || md5('newcomer' || i), now()
       from generate_series(1, ${NEWCOMERS}) i`,
    [portal.id],
  );
  await em.execute('vacuum analyze contacts');
}, 120_000);

afterAll(async () => {
  await database.close();
  await db.drop();
});

const page = { limit: 50 };
const list = (filter: Parameters<typeof listPortalUsers>[2], sort: (typeof PORTAL_USER_SORTS)[number] = '-createdAt') =>
  listPortalUsers(database.em.fork(), portal.id, filter, sort, page);

test.each(PORTAL_USER_SORTS)('the list sorted by %s reads an index, the next page too', async (sort) => {
  await expectIndexed(() => list({}, sort));
  const { nextCursor } = await list({}, sort);
  await expectIndexed(() => listPortalUsers(database.em.fork(), portal.id, {}, sort, { ...page, cursor: nextCursor! }));
});

test.each(PORTAL_USER_SORTS)('the list filtered by status and sorted by %s reads an index', async (sort) => {
  await expectIndexed(() => list({ status: 'not_confirmed' }, sort));
});

test('the list filtered by delivery reads an index', async () => {
  await expectIndexed(() => list({ delivery: 'bounced' }));
  await expectIndexed(() => list({ delivery: 'deferred' }));
});

test('the list filtered by link expiry reads an index, also where few have expired', async () => {
  await expectIndexed(() => list({ link: 'valid' }));
  await expectIndexed(() => list({ link: 'expired' }));
  await expectIndexed(() => list({ link: 'expired', delivery: 'bounced' }, 'name'));
});

test('the counts beside the filters are read from an index alone', async () => {
  const plan = await planOf(() => countPortalUsers(database.em.fork(), portal.id, {}));
  expect(describePlan(plan)).toContain('Index Only Scan portal_users_counts_index');
  expectBounded(plan);
});

test('counting what a search finds, and what an action on all would do, ends at the bound', async () => {
  const fork = () => database.em.fork();
  for (const q of ['person', 'pe', 'example.com']) {
    expectBounded(await planOf(() => countPortalUsers(fork(), portal.id, { q })));
    expectBounded(await planOf(() => countRequests(fork(), portal.id, { q })));
    expectBounded(await planOf(() => previewBulkAction(fork(), portal.id, 'deactivate', { filter: { q } })));
  }
  const addedUntil = new Date().toISOString();
  for (const action of BULK_ACTIONS) {
    expectBounded(await planOf(() => previewBulkAction(fork(), portal.id, action, { filter: { addedUntil } })));
  }
});

test('a search reads an index, whether it finds one or nobody', async () => {
  await expectIndexed(() => list({ q: 'user77777@' }));
  await expectIndexed(() => list({ q: 'nobody at all' }));
  await expectIndexed(() => listContacts(database.em.fork(), portal.id, { q: 'user77777@' }, page));
});

test('a search that finds almost everybody reads no more than its page', async () => {
  await expectIndexed(() => list({ q: 'person' }));
  await expectIndexed(() => list({ q: 'example.com' }, 'name'));
  await expectIndexed(() => list({ q: 'pe', status: 'confirmed' }));
});

test("contacts, a timeline, a portal's events, the missing and the overdue invitations read an index", async () => {
  await expectIndexed(() => listContacts(database.em.fork(), portal.id, {}, page));
  const { rows } = await list({});
  await expectIndexed(() => listEvents(database.em.fork(), rows[0]!.id, page));
  await expectIndexed(() => listPortalEvents(database.em.fork(), portal.id, page));
  await expectIndexed(() => findMissingInvitations(database.em.fork(), { minAgeSeconds: 5, limit: 50 }));
  await database.em.fork().execute('update portal_users set due_at = last_sent_at where emails_sent = 1');
  await database.em.fork().execute('vacuum analyze portal_users');
  await expectIndexed(() => findOverdueInvitations(database.em.fork(), { minAgeSeconds: 5, limit: 50 }));
});

test('the few contacts who are no portal users, and those who are, are found by an index', async () => {
  const contacts = (filter: Parameters<typeof listContacts>[2]) =>
    listContacts(database.em.fork(), portal.id, filter, page);
  await expectIndexed(() => contacts({ portalUser: 'no' }));
  const { nextCursor } = await contacts({ portalUser: 'no' });
  await expectIndexed(() =>
    listContacts(database.em.fork(), portal.id, { portalUser: 'no' }, { ...page, cursor: nextCursor! }),
  );
  await expectIndexed(() => contacts({ portalUser: 'no', q: 'newcomer77@' }));
  await expectIndexed(() => contacts({ portalUser: 'no', q: 'person' }));
  await expectIndexed(() => contacts({ portalUser: 'no', q: 'nobody at all' }));
  await expectIndexed(() => contacts({ portalUser: 'yes' }));
  await expectIndexed(() => contacts({ portalUser: 'yes', q: 'user77777@' }));
});

test('requests are found by status, portal user and search by an index, and counted by one', async () => {
  const requests = (filter: Parameters<typeof listRequests>[2], cursor?: string) =>
    listRequests(database.em.fork(), portal.id, filter, { ...page, cursor });
  await expectIndexed(() => requests({}));
  const { rows, nextCursor } = await requests({});
  await expectIndexed(() => requests({}, nextCursor!));
  const portalUser = rows[0]!.portalUser.id;
  await expectIndexed(() => requests({ status: 'open' }));
  await expectIndexed(() => requests({ portalUser }));
  await expectIndexed(() => requests({ q: 'user77777@' }));
  await expectIndexed(() => requests({ q: 'nobody at all' }));
  await expectIndexed(() => requests({ q: 'person', status: 'closed' }));
  await expectIndexed(() => countRequests(database.em.fork(), portal.id, { portalUser }));
  await expectIndexed(() => countRequests(database.em.fork(), portal.id, { q: 'user77777@' }));
  const plan = await planOf(() => countRequests(database.em.fork(), portal.id, {}));
  expect(describePlan(plan)).toContain('Index Only Scan requests_status_index');
});

/** Runs a query, then has Postgres explain the very statement: nothing of it may read a whole table. */
async function expectIndexed(query: () => Promise<unknown>): Promise<void> {
  const nodes = await planOf(query);
  const described = describePlan(nodes);
  expect(described).not.toContain('Seq Scan');
  expect(`${Math.max(...nodes.map(rowsRead)) <= MOST_ROWS_READ} ${described}`).toMatch(/^true/);
}

/** Nothing reads many more rows at once than are counted; a merge reads some that it passes over. */
function expectBounded(nodes: PlanNode[]): void {
  const most = Math.max(...nodes.map((node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)));
  expect(`${most <= 1.5 * COUNT_BOUND} ${describePlan(nodes)}`).toMatch(/^true/);
}

/** The plan of the last statement that a query runs. */
async function planOf(query: () => Promise<unknown>): Promise<PlanNode[]> {
  statements.length = 0;
  await query();
  const { query: statement, params } = statements.at(-1)!;
  const [row] = await database.em
    .fork()
    .execute<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(`explain (analyze, format json) ${statement}`, params);
  return flatten(row!['QUERY PLAN'][0]!.Plan);
}

function describePlan(nodes: PlanNode[]): string {
  return nodes.map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''} ${rowsRead(node)}`).join('\n');
}

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

function rowsRead(node: PlanNode): number {
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
