import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { recordEvent } from '../../db/events.ts';
import { PORTAL_USER_SORTS } from '../../db/queries/list-portal-users.ts';
import { newLinkSalt } from '../../links/confirmation-token.ts';
import { emailKey } from '../../vocabulary/email-address.ts';
import { CONFIRMATION_STATUSES, DELIVERIES } from '../../vocabulary/statuses.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { expectProblem } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

interface Row {
  id: string;
  email: string;
  name: string;
  createdAt: string;
  confirmationStatus: string;
  invitation: { delivery: string };
}

const COUNT = 60;
/** Names that tie, that sort by language and not by code point, and that search patterns could trip over. */
const NAMES = [
  'Zoë',
  'ädel',
  'Adam',
  'adam',
  'Bob 100%',
  'Bob 100x',
  'a_b',
  'aXb',
  'c:\\d',
  `O'Neil "x"`,
  '王',
  'x'.repeat(500),
  '王'.repeat(500),
];

let stage: Stage;
let api: ApiClient;
let timelineOf: string;

beforeAll(async () => {
  stage = await setStage();
  const { slug, api: ours } = await stage.openPortal();
  api = ours;
  const em = stage.db.database.em.fork();
  const portal = await em.findOneOrFail(Portal, { slug });
  const users = Array.from({ length: COUNT }, (_, i) => {
    const email = `${i % 2 ? 'P' : 'p'}erson.${i}@${i % 3 ? 'example' : 'münchen'}.com`;
    const name = NAMES[i % NAMES.length]!;
    const contact = em.create(Contact, { portal, email, emailKey: emailKey(email)!, name });
    const user = em.create(PortalUser, { portal, contact, linkSalt: newLinkSalt() });
    user.confirmationStatus = CONFIRMATION_STATUSES[i % CONFIRMATION_STATUSES.length]!;
    user.delivery = DELIVERIES[i % DELIVERIES.length]!;
    user.createdAt = new Date(Date.UTC(2026, 0, 1 + (i % 4))); // fifteen at a time tie
    return user;
  });
  await em.flush();
  for (let i = 0; i < 25; i += 1)
    recordEvent(em, users[0]!, {
      type: 'signal_ignored',
      actor: 'temporal',
      data: { signal: 'confirm', generation: i },
    });
  await em.flush();
  timelineOf = users[0]!.id;
});
afterAll(() => stage.close());

/** Every row of a list, page after page. */
async function walk<T = Row>(path: string, limit: number): Promise<{ rows: T[]; pages: number }> {
  const rows: T[] = [];
  let cursor: string | null = '';
  let pages = 0;
  while (cursor !== null && pages <= COUNT) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await api.get(`${path}limit=${limit}${after}`).expecting(200);
    expect(body.data.length).toBeLessThanOrEqual(limit);
    rows.push(...body.data);
    cursor = body.nextCursor;
    pages += 1;
  }
  return { rows, pages };
}

const byText = new Intl.Collator('und').compare;
const order: Record<string, (a: Row, b: Row) => number> = {
  createdAt: (a, b) => a.createdAt.localeCompare(b.createdAt),
  name: (a, b) => byText(a.name, b.name),
  email: (a, b) => (emailKey(a.email)! < emailKey(b.email)! ? -1 : 1),
};

test.each(PORTAL_USER_SORTS)('paging by %s shows every row once, in order, also where rows tie', async (sort) => {
  const { rows, pages } = await walk(`/users?sort=${sort}&`, 7);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(COUNT);
  expect(rows).toHaveLength(COUNT);
  expect(pages).toBe(Math.ceil(COUNT / 7));
  const compare = order[sort.replace('-', '')]!;
  const direction = sort.startsWith('-') ? -1 : 1;
  for (const [i, row] of rows.slice(1).entries()) expect(compare(rows[i]!, row) * direction).toBeLessThanOrEqual(0);
});

test('a list turned round is the same list backwards', async () => {
  for (const sort of ['createdAt', 'name', 'email']) {
    const [up, down] = [await walk(`/users?sort=${sort}&`, 200), await walk(`/users?sort=-${sort}&`, 13)];
    expect(down.rows.map(({ id }) => id)).toEqual(up.rows.map(({ id }) => id).toReversed());
  }
});

test('the newest come first where no order is asked for, fifty to a page', async () => {
  const { body } = await api.get('/users').expecting(200);
  expect(body.data).toHaveLength(50);
  expect(body.data).toEqual((await api.get('/users?sort=-createdAt&limit=50')).body.data);
  expect((await api.get('/users?limit=1').expecting(200)).body.data).toEqual([body.data[0]]);
  expect((await api.get('/users?limit=200').expecting(200)).body).toMatchObject({ nextCursor: null });
});

test('a page that ends where the list ends says so', async () => {
  const { rows, pages } = await walk('/users?', COUNT / 2);
  expect([rows.length, pages]).toEqual([COUNT, 2]);
});

test('filters hold on every page, alone and together', async () => {
  for (const status of CONFIRMATION_STATUSES) {
    const { rows } = await walk(`/users?status=${status}&`, 3);
    expect(rows.map(({ confirmationStatus }) => confirmationStatus)).toEqual(Array(20).fill(status));
  }
  for (const delivery of DELIVERIES) {
    const { rows } = await walk(`/users?delivery=${delivery}&sort=name&`, 5);
    expect(rows.map(({ invitation }) => invitation.delivery)).toEqual(Array(12).fill(delivery));
  }
  const { rows } = await walk('/users?status=confirmed&delivery=sent&q=PERSON&sort=email&', 1);
  expect(rows.map(({ email }) => email).toSorted()).toEqual(
    ['P', 'p', 'P', 'p'].map((p, i) => `${p}erson.${1 + 15 * i}@example.com`).toSorted(),
  );
});

test.each([
  ['100%', 'Bob 100%'],
  ['a_b', 'a_b'],
  ['c:\\d', 'c:\\d'],
  [`'neil "`, `O'Neil "x"`],
  ['ÄDEL', 'ädel'],
  ['zoË', 'Zoë'],
  ['王', '王'],
])('searching for %s finds it, in any case, and no pattern', async (q, name) => {
  const { rows } = await walk(`/users?q=${encodeURIComponent(q)}&`, 4);
  const wanted = NAMES.filter((one) => one.toLowerCase().includes(q.toLowerCase()));
  expect(new Set(rows.map((row) => row.name))).toEqual(new Set(wanted));
  expect(wanted).toContain(name);
});

test('searching finds addresses by any part, and nobody by what nobody has', async () => {
  const { rows } = await walk(`/users?q=${encodeURIComponent('.7@EXAMPLE')}&`, 10);
  expect(rows.map(({ email }) => email)).toEqual(['Person.7@example.com']);
  for (const q of ['%25', '%5F%5F', '%5C%5C', 'nobody', '%25%27%20or%201=1--']) {
    const found = (await walk(`/users?q=${q}&`, 50)).rows.filter(({ name }) => !name.includes('%'));
    expect(found).toEqual([]);
  }
});

test('contacts page by name, each once', async () => {
  const { rows } = await walk('/contacts?', 7);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(COUNT);
  for (const [i, row] of rows.slice(1).entries()) expect(byText(rows[i]!.name, row.name)).toBeLessThanOrEqual(0);
  expect((await walk('/contacts?q=bob&', 2)).rows.every(({ name }) => name.startsWith('Bob'))).toBe(true);
});

test('a timeline pages oldest first, each event once', async () => {
  const { rows } = await walk<{ data: { generation: number } }>(`/users/${timelineOf}/events?`, 4);
  expect(rows.map(({ data }) => data.generation)).toEqual(Array.from({ length: 25 }, (_, i) => i));
});

test("only a list's own cursor opens its next page", async () => {
  const cursorOf = async (path: string) => (await api.get(`${path}limit=2`).expecting(200)).body.nextCursor;
  const lists = [
    ...PORTAL_USER_SORTS.map((sort) => `/users?sort=${sort}&`),
    '/contacts?',
    `/users/${timelineOf}/events?`,
  ];
  const cursors = await Promise.all(lists.map(cursorOf));
  const { api: elsewhere } = await stage.openPortal();

  for (const [i, list] of lists.entries()) {
    const own: string = cursors[i];
    const [mac, values] = own.split('.') as [string, string];
    const forged = [
      ['99999999-01-01', 'x'],
      ['\0', '\0'],
      [{ $ne: null }],
      ['9'.repeat(30)],
      null,
      { name: { $gt: '' } },
    ].map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
    const wrong = [
      ...cursors.filter((cursor) => cursor !== own),
      ...forged,
      ...forged.map((value) => `${mac}.${value}`),
      ...[
        '',
        'x',
        '.',
        `${own}x`,
        `x${own}`,
        own.slice(0, -4),
        values,
        `.${values}`,
        own.toUpperCase(),
        `${own}\0`,
        '{}',
      ],
    ];
    for (const cursor of wrong) {
      expectProblem(await api.get(`${list}cursor=${encodeURIComponent(cursor)}`), 400, 'invalid_request', [
        'query.cursor',
      ]);
    }
    if (!list.includes('events')) {
      expectProblem(await elsewhere.get(`${list}cursor=${own}`), 400, 'invalid_request', ['query.cursor']);
    }
  }
});
