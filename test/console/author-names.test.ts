import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Operator, PortalOperator, RequestEmail } from '../../db/entities/index.ts';
import { openRequests, textOf } from '../harness/open-requests.ts';
import { acceptInvitation, endCooldown } from '../harness/operator-links.ts';
import { insertRequest } from '../harness/requests.ts';
import { insertMembership, insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const SCAM = 'ACME SCAM call 0900-666';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();

test('an operator who is added under another name, elsewhere or here, leaves the names of old replies as they were', async () => {
  const beta = await openRequests(stage);
  await insertOperator(stage.db.database, beta.slug, 'owner');
  const request = await insertRequest(stage.db.database, await beta.addUser());
  await beta.send(request, 'reply', { text: 'Use water.', status: 'open' });
  const { id, email, name } = beta.operator;
  const colleague = await openRequests(stage);
  const [portal] = await em().find(PortalOperator, { portal: { slug: beta.slug } });
  await insertMembership(stage.db.database, colleague.operator, portal!.portal.id, { role: 'owner' });
  const shown = async () => textOf((await colleague.client.get(beta.page(request))).html);

  const at = (slug: string) => `/v1/portals/${slug}/operators`;
  await stage.admin.delete(`${at(beta.slug)}/${id}`).expecting(204);
  expect(await shown()).toContain(name);
  await stage.admin.post(at(colleague.slug), { email, name: SCAM, role: 'staff' }).expecting(201);
  expect((await acceptInvitation(stage, email)).status).toBe(303);
  expect(await shown()).toContain(name);
  await endCooldown(stage);
  await stage.admin.post(at(beta.slug), { email, name: SCAM, role: 'staff' }).expecting(201);
  expect(await shown()).toContain(name);
  expect(await shown()).not.toContain(SCAM);
  const [mail] = await em().find(RequestEmail, { request: request.id });
  expect(mail!.content.reply).toMatchObject({ by: name });
});

test('what an operator who left did keeps their name in the history, until they are erased', async () => {
  const opened = await openRequests(stage);
  const colleague = await insertOperator(stage.db.database, opened.slug, 'owner');
  const user = await opened.addUser();
  await opened.client.post(`/console/${opened.slug}/users/${user.id}/deactivate`);
  const { id, name } = opened.operator;
  await stage.admin.delete(`/v1/portals/${opened.slug}/operators/${id}`).expecting(204);
  await opened.client.signIn(colleague.email);
  const page = async () => textOf((await opened.client.get(`/console/${opened.slug}/users/${user.id}`)).html);
  expect(await page()).toContain(name);
  await em().nativeDelete(Operator, { id });
  expect(await page()).not.toContain(name);
});

test('each portal has its own name for an operator, and a new name of their own is for all of them', async () => {
  const [mine, other] = [await openRequests(stage), await openRequests(stage)];
  const { operator, client } = mine;
  const { portal } = await em().findOneOrFail(PortalOperator, { portal: { slug: other.slug } });
  await insertMembership(stage.db.database, operator, portal.id, { name: 'Olga at the other desk' });
  const pending = await stage.openPortal();
  const path = `/v1/portals/${pending.slug}/operators`;
  await stage.admin.post(path, { email: operator.email, name: 'Typed there', role: 'staff' }).expecting(201);
  expect((await client.get(`/console/${mine.slug}/users`)).html).toContain(`>${operator.name}</a>`);
  expect((await client.get(`/console/${other.slug}/users`)).html).toContain('>Olga at the other desk</a>');
  await client.post('/console/account/name', { name: 'Olga Neu' });
  for (const { slug } of [mine, other]) {
    expect((await client.get(`/console/${slug}/users`)).html).toContain('>Olga Neu</a>');
  }
  const { body } = await stage.admin.get(path).expecting(200);
  expect(body.data[0].name).toBe('Typed there'); // or that portal would see that they work elsewhere
});
