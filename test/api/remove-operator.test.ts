import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalOperator } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { expectProblem } from '../harness/invite.ts';
import { openOperators } from '../harness/open-operators.ts';
import { acceptInvitation, endCooldown, operatorLink } from '../harness/operator-links.ts';
import { insertMembership } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const openPortal = () => openOperators(stage);

test('a removed operator is refused from the next request on, and cannot sign in any more', async () => {
  const { slug, path, insert, events } = await openPortal();
  await insert('owner');
  const operator = await insert('staff');
  const browser = consoleClient(stage.url);
  await browser.signIn(operator.email);
  expect((await browser.get('/console/account')).status).toBe(200);

  const { status, body } = await stage.admin.delete(`${path}/${operator.id}`);
  expect([status, body]).toEqual([204, '']);
  expect((await browser.get(`/console/${slug}/users`)).location).toMatch(/^\/console\/sign-in/);
  const sessions = `select from sessions where operator_id = ?`;
  expect(await em().execute(sessions, [operator.id])).toHaveLength(0);
  const again = await consoleClient(stage.url).signIn(operator.email);
  expect([again.status, again.html.includes('do not match')]).toEqual([401, true]);
  expect((await events()).at(-1)).toEqual({
    type: 'operator_removed',
    actor: 'administrator',
    data: { operatorId: operator.id },
  });
  expectProblem(await stage.admin.delete(`${path}/${operator.id}`), 404, 'not_found');
});

test('the link of a removed operator is dead, also after they were added again', async () => {
  const { path, add } = await openPortal();
  const { body } = await add().expecting(201);
  const link = await operatorLink(stage, body.email, 'invitation');
  await stage.admin.delete(`${path}/${body.id}`).expecting(204);
  expect((await acceptInvitation(stage, body.email)).status).toBe(410);
  await endCooldown(stage);
  await add({ email: body.email }).expecting(201);
  expect((await consoleClient(stage.url).get(link)).status).toBe(410);
  expect((await acceptInvitation(stage, body.email, { n: 2 })).status).toBe(303);
});

test('an operator with another portal left stays signed in there', async () => {
  const [first, second] = [await openPortal(), await openPortal()];
  for (const { insert } of [first, second]) await insert('owner');
  const operator = await first.insert('staff');
  const { id } = (await em().findOneOrFail(PortalOperator, { portal: { slug: second.slug } })).portal;
  await insertMembership(stage.db.database, operator, id);
  const browser = consoleClient(stage.url);
  await browser.signIn(operator.email);

  await stage.admin.delete(`${first.path}/${operator.id}`).expecting(204);
  expect((await browser.get(`/console/${first.slug}/users`)).status).toBe(404);
  expect((await browser.get('/console')).location).toBe(`/console/${second.slug}/users`);
});

test('a portal keeps one active owner, however many are removed at once', async () => {
  const { path, add, insert, roles } = await openPortal();
  const owners = await Promise.all([1, 2, 3].map(() => insert('owner')));
  const { body: pending } = await add({ role: 'owner' }).expecting(201);
  const answers = await Promise.all(owners.map(({ id }) => stage.admin.delete(`${path}/${id}`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 204, 409]);
  expectProblem(answers.find(({ status }) => status === 409)!, 409, 'last_owner');
  expect(await roles()).toEqual(['owner', 'owner']);
  await stage.admin.delete(`${path}/${pending.id}`).expecting(204);
});
