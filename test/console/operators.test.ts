import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Event, type Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let portal: Portal;
let owner: Awaited<ReturnType<typeof insertOperator>>;
let client: ConsoleClient;
let list: string;
beforeAll(async () => {
  stage = await setStage();
});
beforeEach(async () => {
  portal = await insertPortal(stage.db.database);
  owner = await insertOperator(stage.db.database, portal.slug, 'owner');
  client = await signedIn(owner);
  list = `/console/${portal.slug}/settings/operators`;
});
afterAll(() => stage.close());

async function signedIn({ email }: Operator, password = OPERATOR_PASSWORD): Promise<ConsoleClient> {
  const browser = consoleClient(stage.url);
  await browser.signIn(email, password);
  return browser;
}

const em = () => stage.db.database.em.fork();
const another = (role: 'owner' | 'staff') => insertOperator(stage.db.database, portal.slug, role);

async function roles(): Promise<Record<string, string>> {
  const rows = await em().find(PortalOperator, { portal: portal.id });
  return Object.fromEntries(rows.map(({ email, role }) => [email, role]));
}

async function events() {
  const rows = await em().find(Event, { portal: portal.id }, { orderBy: { id: 'asc' } });
  return rows.map(({ type, actor, data }) => ({ type, actor, data }));
}

let people = 0;
function person(details: Record<string, string> = {}) {
  people += 1;
  return { email: `new.${people}@example.com`, name: `Nora New ${people}`, role: 'staff', ...details };
}

/** The part of the list that is about one operator. */
async function rowOf({ name }: { name: string }): Promise<string> {
  const { html } = await client.get(list);
  return (
    html
      .split('<tr>')
      .slice(2)
      .find((row) => row.includes(name)) ?? ''
  );
}

test('the list says who works for the portal, as what, and since when', async () => {
  const staff = await another('staff');
  const stranger = await insertOperator(stage.db.database, (await insertPortal(stage.db.database)).slug);
  const { html } = await client.get(list);
  expect(html).not.toContain(stranger.email);
  for (const part of [
    staff.email,
    'Staff',
    'Active',
    '<time datetime="',
    'Make owner',
    `${list}/${staff.membershipId}/remove`,
  ]) {
    expect(await rowOf(staff)).toContain(part);
  }
  expect(await rowOf(owner)).toContain('(you)');
});

test.each([
  ['no name', { name: ' ' }, 'name', 'Must not be empty'],
  ['no address', { email: 'nora' }, 'email', 'Must be one plain e-mail address'],
  ['an unknown role', { role: 'king' }, 'role', 'Invalid option'],
])('with %s the form says so beside the field, and keeps what was typed', async (_title, wrong, field, sentence) => {
  const fields = person({ name: '"Nora" <b>', role: 'owner', ...wrong });
  const { status, html } = await client.post(list, fields);
  expect(status).toBe(422);
  if (field === 'role') expect(html).toContain(sentence);
  else
    expect(html).toMatch(
      new RegExp(
        `aria-invalid="true">\\s*(<small[^>]*>[^<]*</small>)?\\s*<small class="error" id="${field}-error" role="alert">${sentence}`,
      ),
    );
  if (field !== 'name') expect(html).toContain('value="&quot;Nora&quot; &lt;b&gt;"');
  if (field !== 'email') expect(html).toContain(`value="${fields.email}"`);
  if (field !== 'role') expect(html).toContain('value="owner" checked');
  expect([Object.keys(await roles()), await events()]).toEqual([[owner.email], []]);
});

test('somebody who works for the portal already is not added again', async () => {
  const staff = await another('staff');
  const { status, html } = await client.post(list, person({ email: staff.email }));
  expect(status).toBe(422);
  expect(html).toMatch(/id="email-error" role="alert">This person is an operator of the portal already/);
});

test('a role is changed from the next request on', async () => {
  const staff = await another('staff');
  const browser = await signedIn(staff);
  expect((await browser.get(list)).status).toBe(403);
  expect((await client.post(`${list}/${staff.membershipId}/role`, { role: 'owner' })).location).toBe(list);
  expect((await client.get(list)).html).toContain(`${staff.name} is an owner now.`);
  expect((await browser.get(list)).status).toBe(200);
  await client.post(`${list}/${staff.membershipId}/role`, { role: 'owner' });
  await client.post(`${list}/${staff.membershipId}/role`, { role: 'staff' });
  expect((await browser.get(list)).status).toBe(403);

  const changed = (before: string, after: string) => ({
    type: 'operator_changed',
    actor: `operator/${owner.id}`,
    data: { operatorId: staff.id, before, after },
  });
  expect(await events()).toEqual([changed('staff', 'owner'), changed('owner', 'staff')]);
  expect((await client.post(`${list}/${staff.membershipId}/role`, { role: 'king' })).status).toBe(400);
  expect((await client.post(`${list}/nobody/role`, { role: 'owner' })).status).toBe(404);
});

test('removing asks first, and is refused to the removed from the next request on', async () => {
  const staff = await another('staff');
  const browser = await signedIn(staff);
  const question = await client.get(`${list}/${staff.membershipId}/remove`);
  expect(question.html).toContain(`Remove <bdi>${staff.name}</bdi>?`);
  expect(await roles()).toMatchObject({ [staff.email]: 'staff' });

  expect((await client.post(`${list}/${staff.membershipId}/remove`)).location).toBe(list);
  expect((await client.get(list)).html).toContain(`${staff.name} no longer works for this portal.`);
  expect(await roles()).toEqual({ [owner.email]: 'owner' });
  expect((await browser.get('/console/account')).location).toMatch(/sign-in/);
  expect((await browser.post('/console/account/name', { name: 'Too Late' })).location).toMatch(/sign-in.*ended=1/);
  const data = { operatorId: staff.id };
  expect(await events()).toEqual([{ type: 'operator_removed', actor: `operator/${owner.id}`, data }]);
  expect((await client.post(`${list}/${staff.membershipId}/remove`)).status).toBe(404);
});

test('the only owner can neither be removed nor become staff, and is not asked to', async () => {
  await another('staff');
  expect(await rowOf(owner)).not.toMatch(/<form|remove/);
  for (const [action, fields] of [
    ['role', { role: 'staff' }],
    ['remove', {}],
  ] as const) {
    const { status, html } = await client.post(`${list}/${owner.membershipId}/${action}`, fields);
    expect([status, html.includes('Make somebody else an owner first.')]).toEqual([409, true]);
  }
  expect([(await roles())[owner.email], await events()]).toEqual(['owner', []]);
});

test('two owners who remove each other at once leave one of them', async () => {
  const rival = await another('owner');
  const browser = await signedIn(rival);
  const answers = await Promise.all([
    client.post(`${list}/${rival.membershipId}/remove`),
    browser.post(`${list}/${owner.membershipId}/remove`),
  ]);
  expect(answers.filter(({ status, location }) => status === 303 && location === list)).toHaveLength(1);
  expect(Object.values(await roles())).toEqual(['owner']);
});

test('two owners who demote each other at once leave one of them', async () => {
  const rival = await another('owner');
  const browser = await signedIn(rival);
  await Promise.all([
    client.post(`${list}/${rival.membershipId}/role`, { role: 'staff' }),
    browser.post(`${list}/${owner.membershipId}/role`, { role: 'staff' }),
  ]);
  expect(Object.values(await roles()).toSorted()).toEqual(['owner', 'staff']);
});

test('an owner among several may step down, or leave, and lands where they still may be', async () => {
  await another('owner');
  expect((await client.get(`${list}/${owner.membershipId}/remove`)).html).toContain('You will no longer open');
  expect((await client.post(`${list}/${owner.membershipId}/role`, { role: 'staff' })).location).toBe('/console');
  expect((await client.get('/console')).location).toBe(`/console/${portal.slug}/users`);
  await em().nativeUpdate(PortalOperator, { portal: portal.id, operator: owner.id }, { role: 'owner' });
  expect((await client.post(`${list}/${owner.membershipId}/remove`)).location).toBe('/console');
  expect((await client.get('/console')).location).toMatch(/sign-in/);
});

test.each(['<img src=x onerror=alert(1)>', '{{{secret}}}', 'أولغا gnp.txt', '🎉'.repeat(100), 'x'.repeat(500)])(
  'the name %s is shown as it was typed, on every page',
  async (name) => {
    const fields = person({ name });
    await client.post(list, fields);
    const membership = await em().findOneOrFail(PortalOperator, { email: fields.email });
    expect(membership.name).toBe(name);
    for (const { html } of [await client.get(list), await client.get(`${list}/${membership.id}/remove`)]) {
      expect(html).not.toContain('<img src=x');
      const shown = name.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('=', '&#x3D;');
      expect(html).toContain(shown);
    }
  },
);
