import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { ensureFirstOperator, type FirstOperator } from '../../commands/operators/first-operator.ts';
import { Event, Operator, PortalOperator } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { acceptInvitation, endCooldown, operatorLink } from '../harness/operator-links.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const BOSS = { email: 'boss@company.example', password: 'nine small boats sail home' };

let stage: Stage;
const lines: string[] = [];
const logger = pino({}, { write: (line) => void lines.push(line) });
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const start = (first = BOSS) => ensureFirstOperator(stage.db.database, first as FirstOperator, logger);

async function signIn(email: string, password?: string) {
  const client = consoleClient(stage.url);
  return { status: (await client.signIn(email, password)).status, client };
}

/** Creates a portal at an API process that was started with OPERATOR_EMAIL, and says who owns it. */
async function createPortal(slug: string, firstOperator = BOSS.email): Promise<string[]> {
  await using api = await serve({ ...stage.services, firstOperator });
  const response = await fetch(`${api.url}/v1/portals`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stage.services.adminApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ slug, name: slug }),
  });
  expect(response.status).toBe(201);
  const rows = await em().find(PortalOperator, { portal: { slug } }, { populate: ['operator'] });
  return rows.map(({ operator }) => operator.getEntity().email);
}

test('an owner cannot make, see or set the password of another operator, and so owns no later portal of theirs', async () => {
  const portal = await insertPortal(stage.db.database);
  const first = { email: 'first@corp.example', password: BOSS.password };
  await start(first);
  const { id } = await em().findOneOrFail(Operator, { email: first.email });
  const owner = await insertOperator(stage.db.database, portal.slug);
  const { client } = await signIn(owner.email);
  const list = `/console/${portal.slug}/settings/operators`;
  for (const [method, path] of [
    ['get', `${list}/${id}/password`],
    ['post', `${list}/${id}/password`],
  ] as const) {
    expect((await client[method](path)).status).toBe(404);
  }
  expect((await signIn(first.email, first.password)).status).toBe(303);
  expect(await createPortal('two', first.email)).toEqual([first.email]);
});

test('a tenant who names the address of OPERATOR_EMAIL first gets no password of it, and owns no portal by it', async () => {
  const alpha = await insertPortal(stage.db.database);
  const { client } = await signIn((await insertOperator(stage.db.database, alpha.slug)).email);
  const fields = { name: 'Boss', email: BOSS.email.toUpperCase(), role: 'owner' };
  await client.post(`/console/${alpha.slug}/settings/operators`, fields);
  expect(await createPortal('too-early')).toEqual([]);
  await start();
  expect(await em().findOneOrFail(Operator, { emailKey: BOSS.email })).toMatchObject({
    email: BOSS.email,
    passwordSetBy: 'environment',
  });
  const line = lines.find((text) => text.includes('OPERATOR_PASSWORD replaces it'));
  expect(line).toBeDefined();
  expect(line).not.toMatch(/boss|boats/i);
  const theirs = await signIn(BOSS.email, BOSS.password);
  expect(theirs.status).toBe(303);
  expect((await theirs.client.get('/console/too-early/settings')).status).toBe(200);
  expect((await theirs.client.get(`/console/${alpha.slug}/users`)).status).toBe(404); // pending still
  expect(await createPortal('next')).toEqual([BOSS.email]);

  // The environment's password is not the operator's own: it does not let a tenant's portal in.
  const link = await operatorLink(stage, BOSS.email, 'invitation');
  expect((await consoleClient(stage.url).post(link, { currentPassword: BOSS.password })).status).toBe(422);
  expect((await acceptInvitation(stage, BOSS.email, { password: 'their own choice of words' })).status).toBe(303);
  await start();
  expect((await signIn(BOSS.email, BOSS.password)).status).toBe(401);
  expect((await signIn(BOSS.email, 'their own choice of words')).status).toBe(303);
});

test.each([
  ['made by an owner', 'other', undefined, false],
  ['changed in the account by whoever knew it, where an owner named the address', 'self', 'operator/x', false],
  ['changed by the operator, where the administrator named the address', 'self', 'administrator', true],
  ['changed by the operator, with nothing recorded of who named the address', 'self', undefined, true],
] as const)(
  'a password of an earlier version that was %s: the start keeps it only if nobody else can know it',
  async (_title, passwordSetBy, namedBy, stays) => {
    const portal = await insertPortal(stage.db.database);
    const operator = await insertOperator(stage.db.database, portal.slug, 'owner', { passwordSetBy });
    if (namedBy !== undefined) {
      const fork = em();
      const data = { operatorId: operator.id, role: 'owner' };
      fork.create(Event, { portal: portal.id, type: 'operator_added', actor: namedBy, data });
      await fork.flush();
    }
    const { client } = await signIn(operator.email);
    await start({ email: operator.email, password: BOSS.password });
    expect((await client.get('/console/account')).status).toBe(stays ? 200 : 303);
    expect((await signIn(operator.email, OPERATOR_PASSWORD)).status).toBe(stays ? 303 : 401);
    expect((await signIn(operator.email, BOSS.password)).status).toBe(stays ? 401 : 303);
  },
);

test('an invitation goes to the address as its own portal typed it, whatever another portal typed', async () => {
  const [one, two] = [await insertPortal(stage.db.database), await insertPortal(stage.db.database)];
  const add = (slug: string, email: string) =>
    stage.admin.post(`/v1/portals/${slug}/operators`, { email, name: 'Mal', role: 'owner' }).expecting(201);
  await add(one.slug, 'Mal.Lory@corp.example');
  await add(two.slug, 'mal.lory@corp.example');
  const invited = async (slug: string) => {
    const [row] = await em().execute<{ to: string }[]>(
      `select e.to_address as "to" from account_emails e join portal_operators m on m.id = e.membership_id
         join portals p on p.id = m.portal_id where p.slug = ?`,
      [slug],
    );
    return row!.to;
  };
  expect(await invited(one.slug)).toBe('Mal.Lory@corp.example');
  expect(await invited(two.slug)).toBe('mal.lory@corp.example');
});

test('a mailed link to a new password stays dead when its operator is removed and invited again', async () => {
  const portal = await insertPortal(stage.db.database);
  await insertOperator(stage.db.database, portal.slug);
  const { id, email } = await insertOperator(stage.db.database, portal.slug, 'staff');
  await consoleClient(stage.url).post('/console/forgotten-password', { email });
  const link = await operatorLink(stage, email, 'new-password');
  expect((await consoleClient(stage.url).get(link)).status).toBe(200);
  await stage.admin.delete(`/v1/portals/${portal.slug}/operators/${id}`).expecting(204);
  expect((await consoleClient(stage.url).get(link)).status).toBe(410);
  await endCooldown(stage);
  await stage.admin
    .post(`/v1/portals/${portal.slug}/operators`, { email, name: 'Again', role: 'staff' })
    .expecting(201);
  expect((await consoleClient(stage.url).get(link)).status).toBe(410);
  expect((await acceptInvitation(stage, email, { n: 2 })).status).toBe(303);
  expect((await consoleClient(stage.url).get(link)).status).toBe(410);
  expect((await signIn(email)).status).toBe(303);
});
