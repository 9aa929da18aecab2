import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccountEmail, Operator } from '../../db/entities/index.ts';
import { apiClient } from '../harness/api-client.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { expectProblem } from '../harness/invite.ts';
import { openOperators, somebody } from '../harness/open-operators.ts';
import { acceptInvitation, endCooldown, operatorLink } from '../harness/operator-links.ts';
import { OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const openPortal = () => openOperators(stage);

/** Whether somebody can sign in and sees the portal. */
async function opens(slug: string, email: string, password = OPERATOR_PASSWORD): Promise<boolean> {
  const browser = consoleClient(stage.url);
  if ((await browser.signIn(email, password)).status !== 303) return false;
  return (await browser.get('/console/account')).html.includes(`href="/console/${slug}/users"`);
}

test('an added operator is pending, is mailed a link, and opens the console with the password chosen there', async () => {
  const { slug, path, add, events } = await openPortal();
  const { body, headers } = await add({ name: 'Olga', role: 'owner' }).expecting(201);
  expect(body).toEqual({
    id: expect.any(String),
    email: expect.stringMatching(/^staff/),
    name: 'Olga',
    role: 'owner',
    status: 'pending',
    invitation: {
      generation: 1,
      linkExpiresAt: expect.any(String),
      linkExpired: false,
      delivery: 'queued',
      queuedAt: expect.any(String),
      reply: null,
    },
    createdAt: expect.any(String),
  });
  const { linkExpiresAt, queuedAt } = body.invitation;
  expect(Math.abs(Date.parse(linkExpiresAt) - Date.parse(queuedAt) - 7 * 86_400_000)).toBeLessThan(1_000);
  expect(headers.get('location')).toBe(`${path}/${body.id}`);

  await operatorLink(stage, body.email, 'invitation');
  expect(await opens(slug, body.email)).toBe(false);
  const sent = await eventually(async () => {
    const { data } = (await stage.admin.get(path).expecting(200)).body;
    return data[0].invitation.delivery === 'sent' && data[0];
  }, 'the delivery');
  expect(sent).toEqual({ ...body, invitation: { ...body.invitation, delivery: 'sent' } });

  expect((await acceptInvitation(stage, body.email)).status).toBe(303);
  expect(await opens(slug, body.email)).toBe(true);
  const { body: list } = await stage.admin.get(path).expecting(200);
  expect(list).toEqual({ data: [{ ...body, status: 'active', invitation: null }], nextCursor: null });
  const row = await em().findOneOrFail(Operator, body.id, { populate: ['passwordHash'] });
  expect(row).toMatchObject({ passwordHash: expect.stringMatching(/^\$argon2id\$/), passwordSetBy: 'self' });
  expect(await events()).toEqual([
    { type: 'operator_added', actor: 'administrator', data: { operatorId: body.id, role: 'owner' } },
    { type: 'operator_accepted', actor: `operator/${body.id}`, data: { operatorId: body.id } },
  ]);
});

test.each(['administrators own choice pumpkin', '', null, ['x']])(
  'a password in the request (%j) is refused: operators choose their own',
  async (password) => {
    const { add, roles, events } = await openPortal();
    const answer = await add({ password });
    expectProblem(answer, 422, 'password_not_accepted', ['password']);
    expect(answer.body.detail).toContain('a link is mailed to the operator, who chooses one');
    expect([await roles(), await events()]).toEqual([[], []]);
  },
);

test.each([
  ['a line end', { name: 'Sam\r\nStaff' }, ['name']],
  ['no address', { email: 'sam' }, ['email']],
  ['another role', { role: 'administrator' }, ['role']],
  ['an unknown field', { admin: true }, ['admin']],
])('%s is refused, field by field', async (_title, details, fields) => {
  const { add, roles } = await openPortal();
  expectProblem(await add(details), 400, 'invalid_request', fields);
  expect(await roles()).toEqual([]);
});

test('an address that works for another portal gets the same response, list and e-mail as an unknown one', async () => {
  const { path, add } = await openPortal();
  const elsewhere = await (await openPortal()).insert();
  const typed = { known: elsewhere.email.toUpperCase(), unknown: 'UNKNOWN@example.com' };
  const answers = await Promise.all([
    add({ email: typed.known, name: 'Nora' }).expecting(201),
    add({ email: typed.unknown, name: 'Nora' }).expecting(201),
  ]);
  for (const email of Object.values(typed)) await operatorLink(stage, email, 'invitation');
  const isSent = ({ invitation }: { invitation: { delivery: string } }) => invitation.delivery === 'sent';
  const list = await eventually(async () => {
    const { data } = (await stage.admin.get(path).expecting(200)).body;
    return data.every(isSent) && data;
  }, 'the deliveries');
  const alike = ({ id: _id, email, createdAt: _at, invitation, ...rest }: Record<string, unknown>) => {
    const { queuedAt: _queued, linkExpiresAt: _expires, ...more } = invitation as Record<string, unknown>;
    expect(Object.values(typed)).toContain(email); // as it was typed here, not as another portal spelled it
    return { ...rest, invitation: more };
  };
  expect(alike(answers[0].body)).toEqual(alike(answers[1].body));
  expect([...answers[0].headers.keys()]).toEqual([...answers[1].headers.keys()]);
  expect(alike(list[0])).toEqual(alike(list[1]));
  const [one, other] = await Promise.all(Object.values(typed).map((email) => stage.sink.mailTo(email)));
  const told = (text = '') => text.replace(/invitation\/\S+/, '').replace(/until .+ \(UTC\)/, '');
  expect(told(one!.text)).toBe(told(other!.text));
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

test('calls at once that add somebody to several portals add one operator, with a link for each portal', async () => {
  const portals = await Promise.all([openPortal(), openPortal(), openPortal()]);
  const details = somebody();
  const answers = await Promise.all(portals.map(({ add }) => add(details).expecting(201)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  await stage.sink.mailTo(details.email, 3);
  expect(await em().count(AccountEmail, { membership: { operator: answers[0]!.body.id } })).toBe(3);
});

test('a new link kills every earlier one, and is mailed at most once a minute and five times a day', async () => {
  const { path, add } = await openPortal();
  const { body } = await add().expecting(201);
  const first = await operatorLink(stage, body.email, 'invitation');
  const reInvite = () => stage.admin.post(`${path}/${body.id}/re-invite`);
  const soon = await reInvite();
  expectProblem(soon, 429, 're_invite_too_soon');
  expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(0);

  await endCooldown(stage);
  const again = await reInvite().expecting(202);
  expect(again.body).toMatchObject({ status: 'pending', invitation: { generation: 2, linkExpired: false } });
  const second = await operatorLink(stage, body.email, 'invitation', 2);
  const statuses = async () =>
    Promise.all([first, second].map(async (link) => (await consoleClient(stage.url).get(link)).status));
  expect(await statuses()).toEqual([410, 200]);

  for (let i = 3; i <= 5; i += 1) {
    await endCooldown(stage);
    await reInvite().expecting(202);
  }
  await endCooldown(stage);
  expectProblem(await reInvite(), 429, 're_invite_cap_reached');
  await stage.admin.delete(`${path}/${body.id}`).expecting(204);
  expectProblem(await add({ email: body.email }), 429, 're_invite_cap_reached');
});

test('the response to the re-invite of an operator whose link expired describes the new link', async () => {
  const { path, add } = await openPortal();
  const { body } = await add().expecting(201);
  await em().execute(
    "update portal_operators set link_expires_at = now() - interval '1 second' where operator_id = ?",
    [body.id],
  );
  const { data } = (await stage.admin.get(path).expecting(200)).body;
  expect(data).toMatchObject([{ id: body.id, invitation: { linkExpired: true } }]);
  await endCooldown(stage);
  const again = await stage.admin.post(`${path}/${body.id}/re-invite`).expecting(202);
  expect(again.body.invitation).toMatchObject({ generation: 2, linkExpired: false });
});

test('an active operator is not re-invited, nor is another portal’s', async () => {
  const [mine, theirs] = [await openPortal(), await openPortal()];
  const { id } = await mine.insert();
  expectProblem(await stage.admin.post(`${mine.path}/${id}/re-invite`), 409, 'operator_active');
  expectProblem(await stage.admin.post(`${theirs.path}/${id}/re-invite`), 404, 'not_found');
});

test("a portal's key may do nothing to operators, and another portal's operator is not found", async () => {
  const [mine, theirs] = [await openPortal(), await openPortal()];
  await theirs.insert('owner');
  const { id } = await theirs.insert('staff');
  const api = apiClient(stage.url, mine.key);
  expectProblem(await api.get(mine.path), 403, 'forbidden');
  expectProblem(await api.post(mine.path, somebody()), 403, 'forbidden');
  expectProblem(await api.post(`${mine.path}/${id}/re-invite`), 403, 'forbidden');
  expectProblem(await api.delete(`${mine.path}/${id}`), 403, 'forbidden');
  expectProblem(await api.get(theirs.path), 404, 'not_found');
  expectProblem(await stage.admin.delete(`${mine.path}/${id}`), 404, 'not_found');
  expectProblem(await stage.admin.delete(`${mine.path}/nobody`), 404, 'not_found');
  expect(await theirs.roles()).toEqual(['owner', 'staff']);
});

test('operators are listed by name, page by page', async () => {
  const { path, add } = await openPortal();
  for (const name of ['Carl', 'Ada', 'Bob', 'Ada']) await add({ name }).expecting(201);
  const first = (await stage.admin.get(`${path}?limit=3`).expecting(200)).body;
  const second = (await stage.admin.get(`${path}?limit=3&cursor=${first.nextCursor}`).expecting(200)).body;
  const names = [...first.data, ...second.data].map(({ name }: { name: string }) => name);
  expect(names).toEqual(['Ada', 'Ada', 'Bob', 'Carl']);
  expect(second.nextCursor).toBeNull();
});
