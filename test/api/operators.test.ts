import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { passwordRefusal } from '../../api/password.ts';
import { Event, Operator, PortalOperator } from '../../db/entities/index.ts';
import { apiClient } from '../harness/api-client.ts';
import { consoleClient } from '../harness/console-client.ts';
import { insertOperator, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { expectProblem } from './invite.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

let people = 0;
function somebody(details: Record<string, unknown> = {}) {
  people += 1;
  return { email: `staff.${people}@example.com`, name: `Sam Staff ${people}`, ...details };
}

async function openPortal() {
  const { slug, key } = await stage.openPortal();
  const path = `/v1/portals/${slug}/operators`;
  const em = () => stage.db.database.em.fork();
  return {
    slug,
    key,
    path,
    add: (details: Record<string, unknown> = {}) => stage.admin.post(path, somebody(details)),
    roles: async () => {
      const rows = await em().find(PortalOperator, { portal: { slug } }, { orderBy: { createdAt: 'asc' } });
      return rows.map(({ role }) => role);
    },
    events: async () => {
      const rows = await em().find(Event, { portal: { slug } }, { orderBy: { id: 'asc' } });
      return rows
        .filter(({ type }) => type.startsWith('operator_'))
        .map(({ type, actor, data }) => ({ type, actor, data }));
    },
  };
}

/** Whether somebody can sign in and sees the portal. */
async function opens(slug: string, email: string, password: string): Promise<boolean> {
  const browser = consoleClient(stage.url);
  if ((await browser.signIn(email, password)).status !== 303) return false;
  return (await browser.get('/console/account')).html.includes(`href="/console/${slug}/users"`);
}

test('an operator is added with a password that is made, shown once, and opens the console', async () => {
  const { slug, path, add, events } = await openPortal();
  const { body, headers } = await add({ name: 'Olga', role: 'owner' }).expecting(201);
  expect(body).toEqual({
    id: expect.any(String),
    email: expect.stringMatching(/^staff/),
    name: 'Olga',
    role: 'owner',
    createdAt: expect.any(String),
    initialPassword: expect.stringMatching(/^[a-z-]{15,}$/),
  });
  expect(headers.get('location')).toBe(`${path}/${body.id}`);
  expect(await passwordRefusal(body.initialPassword, [body.email, body.name])).toBeUndefined();
  expect(await opens(slug, body.email, body.initialPassword)).toBe(true);
  expect(await events()).toEqual([
    { type: 'operator_added', actor: 'administrator', data: { operatorId: body.id, role: 'owner' } },
  ]);

  const { body: list } = await stage.admin.get(path).expecting(200);
  const { initialPassword: _shownOnce, ...shown } = body;
  expect(list).toEqual({ data: [shown], nextCursor: null });
  const row = await stage.db.database.em.fork().findOneOrFail(Operator, body.id, { populate: ['passwordHash'] });
  expect(row.passwordHash).toMatch(/^\$argon2id\$/);
});

test('a given password is taken, and not answered; without a role somebody is staff', async () => {
  const { slug, add } = await openPortal();
  const { body } = await add({ password: OPERATOR_PASSWORD }).expecting(201);
  expect(body).toMatchObject({ role: 'staff', initialPassword: null });
  expect(await opens(slug, body.email, OPERATOR_PASSWORD)).toBe(true);
});

test.each([
  ['password_too_short', 'four words'],
  ['password_too_common', 'passwordpassword'],
  ['password_too_common', 'Sam Staff of Acme Help Center'],
  ['password_too_long', 'x9 '.repeat(100)],
])('a given password is judged by the rule for all passwords: %s', async (reason, password) => {
  const { add, roles, events } = await openPortal();
  const answer = await add({ name: 'Sam Staff', password });
  expectProblem(answer, 422, 'password_refused', ['password']);
  expect(answer.body.reason).toBe(reason);
  expect([await roles(), await events()]).toEqual([[], []]);
});

test.each([
  ['a line end', { name: 'Sam\r\nStaff' }, ['name']],
  ['no address', { email: 'sam' }, ['email']],
  ['another role', { role: 'administrator' }, ['role']],
  ['a password that is none', { password: ['x'] }, ['password']],
  ['an unknown field', { admin: true }, ['admin']],
])('%s is refused, field by field', async (_title, details, fields) => {
  const { add, roles } = await openPortal();
  expectProblem(await add(details), 400, 'invalid_request', fields);
  expect(await roles()).toEqual([]);
});

test('who works for another portal is given this one, and keeps name and password', async () => {
  const [first, second] = [await openPortal(), await openPortal()];
  const { body } = await first
    .add({ email: 'Olga@Example.com', name: 'Olga', password: OPERATOR_PASSWORD })
    .expecting(201);
  const details = { email: 'olga@EXAMPLE.com', name: 'Mallory', password: 'another long password altogether' };
  const again = await second.add({ ...details, role: 'owner' }).expecting(201);

  expect(again.body).toEqual({
    id: body.id,
    email: 'Olga@Example.com',
    name: 'Olga',
    role: 'owner',
    createdAt: expect.any(String),
    initialPassword: null,
  });
  expect(await opens(second.slug, 'olga@example.com', OPERATOR_PASSWORD)).toBe(true);
  expect(await opens(second.slug, 'olga@example.com', details.password)).toBe(false);
  expect(await first.roles()).toEqual(['staff']);
});

test('nobody is added to a portal twice, not even by calls at once', async () => {
  const { add, roles, events } = await openPortal();
  const details = somebody();
  const answers = await Promise.all([add(details), add(details), add(details)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  const { id } = answers.find(({ status }) => status === 201)!.body;
  const refused = answers.find(({ status }) => status === 409)!;
  expectProblem(refused, 409, 'operator_exists');
  expect(refused.body.operatorId).toBe(id);
  expect(await roles()).toEqual(['staff']);
  expect(await events()).toHaveLength(1);
});

test.each([
  ['somebody', async () => {}],
  [
    'somebody who was removed before',
    async (details: object) => {
      const { path, add } = await openPortal();
      await add({ role: 'owner' }).expecting(201);
      const { body } = await add(details as Record<string, unknown>).expecting(201);
      await stage.admin.delete(`${path}/${body.id}`);
    },
  ],
])('of calls at once that add %s to several portals, one makes the password', async (_who, before) => {
  const portals = await Promise.all([openPortal(), openPortal(), openPortal()]);
  const details = somebody();
  await before(details);
  const answers = await Promise.all(portals.map(({ add }) => add(details).expecting(201)));
  const passwords = answers.map(({ body }) => body.initialPassword).filter((password) => password !== null);
  expect(passwords).toHaveLength(1);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(await opens(portals[0]!.slug, details.email, passwords[0])).toBe(true);
});

test('a removed operator is refused from the next request on, and cannot sign in any more', async () => {
  const { slug, path, add, events } = await openPortal();
  await add({ role: 'owner' }).expecting(201);
  const operator = await insertOperator(stage.db.database, slug, 'staff');
  const browser = consoleClient(stage.url);
  await browser.signIn(operator.email);
  expect((await browser.get('/console/account')).status).toBe(200);

  const { status, body } = await stage.admin.delete(`${path}/${operator.id}`);
  expect([status, body]).toEqual([204, '']);
  expect((await browser.get(`/console/${slug}/users`)).location).toMatch(/^\/console\/sign-in/);
  const sessions = `select from sessions where operator_id = ?`;
  expect(await stage.db.database.em.fork().execute(sessions, [operator.id])).toHaveLength(0);
  const again = await consoleClient(stage.url).signIn(operator.email);
  expect([again.status, again.html.includes('do not match')]).toEqual([401, true]);
  expect((await events()).at(-1)).toEqual({
    type: 'operator_removed',
    actor: 'administrator',
    data: { operatorId: operator.id },
  });
  expectProblem(await stage.admin.delete(`${path}/${operator.id}`), 404, 'not_found');
});

test('who has another portal left stays signed in there', async () => {
  const [first, second] = [await openPortal(), await openPortal()];
  const details = { ...somebody(), password: OPERATOR_PASSWORD };
  for (const { add } of [first, second]) await add({ role: 'owner' }).expecting(201);
  const { body } = await first.add(details).expecting(201);
  await second.add(details).expecting(201);
  const browser = consoleClient(stage.url);
  await browser.signIn(details.email);

  await stage.admin.delete(`${first.path}/${body.id}`).expecting(204);
  expect((await browser.get(`/console/${first.slug}/users`)).status).toBe(404);
  expect((await browser.get('/console')).location).toBe(`/console/${second.slug}/users`);
});

test('who comes back after having had no portal gets the new name and a new password', async () => {
  const { slug, path, add } = await openPortal();
  await add({ role: 'owner' }).expecting(201);
  const details = somebody({ password: OPERATOR_PASSWORD });
  const { body } = await add(details).expecting(201);
  await stage.admin.delete(`${path}/${body.id}`).expecting(204);
  const back = await add({ email: details.email, name: 'Samantha' }).expecting(201);
  expect(back.body).toMatchObject({ id: body.id, name: 'Samantha', initialPassword: expect.any(String) });
  expect(await opens(slug, body.email, OPERATOR_PASSWORD)).toBe(false);
  expect(await opens(slug, body.email, back.body.initialPassword)).toBe(true);
});

test('a portal keeps one owner, however many are removed at once', async () => {
  const { path, add, roles } = await openPortal();
  const owners = await Promise.all([1, 2, 3].map(() => add({ role: 'owner' }).expecting(201)));
  await add().expecting(201);
  const answers = await Promise.all(owners.map(({ body }) => stage.admin.delete(`${path}/${body.id}`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 204, 409]);
  expectProblem(answers.find(({ status }) => status === 409)!, 409, 'last_owner');
  expect((await roles()).toSorted()).toEqual(['owner', 'staff']);
});

test("a portal's key neither lists nor adds nor removes operators, and another portal's operator is not found", async () => {
  const [mine, theirs] = [await openPortal(), await openPortal()];
  await theirs.add({ role: 'owner' }).expecting(201);
  const { body } = await theirs.add().expecting(201);
  const api = apiClient(stage.url, mine.key);
  expectProblem(await api.get(mine.path), 403, 'forbidden');
  expectProblem(await api.post(mine.path, somebody()), 403, 'forbidden');
  expectProblem(await api.delete(`${mine.path}/${body.id}`), 403, 'forbidden');
  expectProblem(await api.get(theirs.path), 404, 'not_found');
  expectProblem(await stage.admin.delete(`${mine.path}/${body.id}`), 404, 'not_found');
  expectProblem(await stage.admin.delete(`${mine.path}/nobody`), 404, 'not_found');
  expect(await theirs.roles()).toEqual(['owner', 'staff']);
});

test('operators are listed by name, page by page', async () => {
  const { path, add } = await openPortal();
  for (const name of ['Carl', 'Ada', 'Bob', 'Ada']) await add({ name }).expecting(201);
  const first = (await stage.admin.get(`${path}?limit=3`).expecting(200)).body;
  const second = (await stage.admin.get(`${path}?limit=3&cursor=${first.nextCursor}`).expecting(200)).body;
  expect([...first.data, ...second.data].map(({ name }: { name: string }) => name)).toEqual([
    'Ada',
    'Ada',
    'Bob',
    'Carl',
  ]);
  expect(second.nextCursor).toBeNull();
});
