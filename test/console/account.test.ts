import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event, Operator, type Portal, PortalOperator, Session } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { insertMembership, insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine small boats sail home';

let stage: Stage;
let first: Portal;
let second: Portal;
beforeAll(async () => {
  stage = await setStage();
  first = await insertPortal(stage.db.database, { name: 'Acme Help Center' });
  second = await insertPortal(stage.db.database, { name: 'Zenith Support' });
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();

/** An owner of one portal who is staff of another, with some browsers that are signed in. */
async function someone(browsers = 1) {
  const operator = await insertOperator(stage.db.database, first.slug, 'owner');
  await insertMembership(stage.db.database, operator, second.id, { name: operator.name });
  const clients: ConsoleClient[] = [];
  for (let i = 0; i < browsers; i += 1) {
    clients.push(consoleClient(stage.url));
    await clients[i]!.signIn(operator.email);
  }
  return {
    operator,
    clients,
    client: clients[0]!,
    row: () => em().findOneOrFail(Operator, operator.id, { populate: ['passwordHash'] }),
    names: async () => (await em().find(PortalOperator, { operator: operator.id })).map(({ name }) => name),
    events: async () => {
      const events = await em().find(Event, { actor: `operator/${operator.id}` }, { orderBy: { portal: 'asc' } });
      return events.map(({ portal, type, data }) => ({ portal: portal.id, type, data }));
    },
    signsInWith: async (password: string) =>
      (await consoleClient(stage.url).signIn(operator.email, password)).status === 303,
  };
}

const opens = async (client: ConsoleClient) => (await client.get('/console/account')).status === 200;

function change(client: ConsoleClient, fields: Record<string, string> = {}) {
  const password = { currentPassword: OPERATOR_PASSWORD, password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };
  return client.post('/console/account/password', { ...password, ...fields });
}

test('the account says who one is, and what at which portal', async () => {
  const { operator, client } = await someone();
  const { status, html } = await client.get('/console/account');
  expect(status).toBe(200);
  expect(html).toContain(operator.email);
  expect(html).toContain(`value="${operator.name}"`);
  expect(html).toMatch(new RegExp(`href="/console/${first.slug}/users">Acme Help Center</a> <span[^>]*>you are owner`));
  expect(html).toMatch(new RegExp(`href="/console/${second.slug}/users">Zenith Support</a> <span[^>]*>you are staff`));
});

test.each(['Ölga & Söhne', '<script>alert(1)</script>', 'أولغا agro', 'x'.repeat(500), '🎉 {{name}}', "O'Hara"])(
  'the name %s is taken, shown as it was typed, and told to each portal',
  async (name) => {
    const { operator, client, names, events } = await someone();
    const answer = await client.post('/console/account/name', { name });
    expect([answer.status, answer.location]).toEqual([303, '/console/account']);
    expect(await names()).toEqual([name, name]);
    const { html } = await client.get('/console/account');
    expect(html).toContain('Your name was changed.');
    expect(html).not.toMatch(/<script>alert/);
    const told = { type: 'operator_changed', data: { operatorId: operator.id, changed: ['name'] } };
    expect(await events()).toEqual([first.id, second.id].toSorted().map((portal) => ({ portal, ...told })));
    expect((await client.get('/console/account')).html).not.toContain('Your name was changed.');
  },
);

test('the same name again changes nothing, and is told to nobody', async () => {
  const { operator, client, events } = await someone();
  expect((await client.post('/console/account/name', { name: operator.name })).status).toBe(303);
  expect(await events()).toEqual([]);
});

test.each([
  ['', 'Must not be empty'],
  ['x'.repeat(501), 'Must have at most 500 characters'],
  ['two\tcolumns', 'Must be one line without control characters'],
])('the name %j is refused beside its field, and kept there', async (name, sentence) => {
  const { operator, client, names, events } = await someone();
  const { status, html } = await client.post('/console/account/name', { name });
  expect(status).toBe(422);
  expect(html).toMatch(new RegExp(`id="name-error" role="alert">${sentence}`));
  expect(html).toContain(`value="${name}"`);
  expect([await names(), await events()]).toEqual([[operator.name, operator.name], []]);
});

test('a new password counts at once, and signs out every browser but this one', async () => {
  const { operator, clients, client, row, events, signsInWith } = await someone(3);
  const before = await row();
  expect(await change(client)).toMatchObject({ status: 303, location: '/console/account' });
  expect((await client.get('/console/account')).html).toContain('You are signed out everywhere else.');

  expect(await Promise.all(clients.map(opens))).toEqual([true, false, false]);
  expect((await row()).passwordHash).not.toBe(before.passwordHash);
  expect([await signsInWith(NEW_PASSWORD), await signsInWith(OPERATOR_PASSWORD)]).toEqual([true, false]);
  const told = { type: 'operator_changed', data: { operatorId: operator.id, changed: ['password'] } };
  expect(await events()).toEqual([first.id, second.id].toSorted().map((portal) => ({ portal, ...told })));
});

test.each([
  [
    'the current password is wrong',
    { currentPassword: 'not the current one' },
    'currentPassword',
    'This is not your current',
  ],
  ['the current password is missing', { currentPassword: '' }, 'currentPassword', 'This is not your current'],
  [
    'the new one is not typed twice',
    { passwordAgain: 'something else entirely' },
    'password',
    'The two passwords are not',
  ],
  ['the new one is short', twice('four words'), 'password', 'Use at least 15 characters'],
  ['the new one is common', twice('passwordpassword'), 'password', 'This password is too easy to guess'],
  ["the new one is a portal's name", twice('Zenith Support 1'), 'password', 'This password is too easy to guess'],
])('a password is not changed where %s', async (_title, fields, field, sentence) => {
  const { clients, client, row, events, signsInWith } = await someone(2);
  const before = await row();
  const { status, html } = await change(client, fields);
  expect(status).toBe(422);
  expect(html).toMatch(new RegExp(`id="${field}-error" role="alert">${sentence}`));
  for (const secret of [OPERATOR_PASSWORD, NEW_PASSWORD]) expect(html).not.toContain(secret);
  expect(await row()).toEqual(before);
  expect(await events()).toEqual([]);
  expect(await Promise.all(clients.map(opens))).toEqual([true, true]);
  expect(await signsInWith(OPERATOR_PASSWORD)).toBe(true);
});

function twice(password: string) {
  return { password, passwordAgain: password };
}

test('the own address or name is no password', async () => {
  const { operator, client } = await someone();
  for (const password of [operator.email, `${operator.name}!`]) {
    expect((await change(client, twice(password))).html).toContain('too easy to guess');
  }
});

test('of two changes at once one counts, and the other is told that its current password is none', async () => {
  const { client, row } = await someone();
  const answers = await Promise.all([change(client), change(client, twice('the other of two passwords'))]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
  const winner = answers.findIndex(({ status }) => status === 303);
  const { email } = await row();
  const password = [NEW_PASSWORD, 'the other of two passwords'][winner]!;
  expect((await consoleClient(stage.url).signIn(email, password)).status).toBe(303);
});

test('who finds an open browser can guess at the password no more often than at the sign-in', async () => {
  const { client, row } = await someone();
  const before = await row();
  for (let i = 0; i < 10; i += 1) {
    expect((await change(client, { currentPassword: `guess ${i}` })).html).toContain('This is not your current');
  }
  const { status, html } = await change(client);
  expect([status, html.includes('Too many sign-ins failed')]).toEqual([422, true]);
  expect(await row()).toEqual(before);
});

test('new passwords that are refused are no guesses', async () => {
  const { client } = await someone();
  for (let i = 0; i < 11; i += 1) await change(client, twice('short'));
  expect((await change(client)).status).toBe(303);
});

test('signing out everywhere ends all sessions of one operator but this one', async () => {
  const { operator, clients, client } = await someone(3);
  const other = await someone();
  expect((await client.get('/console/account')).html).toContain('>Sign out everywhere else</button>');
  expect((await client.post('/console/account/sign-out-everywhere')).location).toBe('/console/account');
  expect((await client.get('/console/account')).html).toContain('You are signed out everywhere but here.');
  expect(await Promise.all(clients.map(opens))).toEqual([true, false, false]);
  expect(await opens(other.client)).toBe(true);
  const left = await em().find(Session, { operator: operator.id });
  expect(left).toHaveLength(1);
});
