import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../db/database.ts';
import type { Portal } from '../../db/entities/index.ts';
import { findMissingInvitations } from '../../db/queries/find-missing-invitations.ts';
import { listContacts } from '../../db/queries/list-contacts.ts';
import { listEvents } from '../../db/queries/list-events.ts';
import { listPortalUsers, PORTAL_USER_SORTS } from '../../db/queries/list-portal-users.ts';
import { insertPortal } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

const ROWS = 100_000;
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
  await em.execute(
    `insert into contacts (id, portal_id, email, email_key, name, created_at)
     select gen_random_uuid(), ?, 'user' || i || '@example.com', 'user' || i || '@example.com',
            'Person ' || md5(i::text), now() - make_interval(secs => i)
       from generate_series(1, ${ROWS}) i`,
    [portal.id],
  );
  await em.execute(
    `insert into portal_users (id, portal_id, contact_id, link_salt, confirmation_status, delivery, queued_at, created_at)
     select gen_random_uuid(), portal_id, id, '\\x00', (array['not_confirmed', 'confirmed', 'deactivated'])[1 + hashtext(email) % 3 * sign(hashtext(email))::int],
            (array['sent', 'bounced'])[1 + (hashtext(email) % 50 = 0)::int], created_at, created_at
       from contacts`,
  );
  await em.execute(
    `insert into events (portal_id, portal_user_id, type, actor, occurred_at)
     select portal_id, id, 'invitation_sent', 'temporal', now() from portal_users`,
  );
  await em.execute('vacuum analyze contacts, portal_users, events');
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

test('a search reads an index, whether it finds one or nobody', async () => {
  await expectIndexed(() => list({ q: 'user77777@' }));
  await expectIndexed(() => list({ q: 'nobody at all' }));
  await expectIndexed(() => listContacts(database.em.fork(), portal.id, 'user77777@', page));
});

test('a search that finds almost everybody reads no more than its page', async () => {
  await expectIndexed(() => list({ q: 'person' }));
  await expectIndexed(() => list({ q: 'example.com' }, 'name'));
  await expectIndexed(() => list({ q: 'pe', status: 'confirmed' }));
});

test('contacts, a timeline and the missing invitations read an index', async () => {
  await expectIndexed(() => listContacts(database.em.fork(), portal.id, undefined, page));
  const { rows } = await list({});
  await expectIndexed(() => listEvents(database.em.fork(), rows[0]!.id, page));
  await expectIndexed(() => findMissingInvitations(database.em.fork(), { minAgeSeconds: 5, limit: 50 }));
});

/** Runs a query, then has Postgres explain the very statement: nothing of it may read a whole table. */
async function expectIndexed(query: () => Promise<unknown>): Promise<void> {
  statements.length = 0;
  await query();
  const { query: statement, params } = statements.at(-1)!;
  const [row] = await database.em
    .fork()
    .execute<{ 'QUERY PLAN': { Plan: PlanNode }[] }[]>(`explain (analyze, format json) ${statement}`, params);
  const nodes = flatten(row!['QUERY PLAN'][0]!.Plan);
  const described = nodes
    .map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''} ${rowsRead(node)}`)
    .join('\n');
  expect(described).not.toContain('Seq Scan');
  expect(`${Math.max(...nodes.map(rowsRead)) <= MOST_ROWS_READ} ${described}`).toMatch(/^true/);
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
