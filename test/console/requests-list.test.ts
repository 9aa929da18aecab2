import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { emailOf, openRequests, textOf } from '../harness/open-requests.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const numbersIn = (html: string) => [...html.matchAll(/data-label="Number">#(\d+)</g)].map(([, number]) => number);

test('the table shows the newest activity first, filtered by status with counts and by portal user', async () => {
  const { client, path, addUser, page } = await openRequests(stage, 'staff');
  expect((await client.get(path)).html).toContain('There are no requests yet');
  const [jane, john] = [await addUser('Jane Doe'), await addUser('John Smith')];
  const first = await insertRequest(stage.db.database, jane, { subject: 'First' });
  await insertRequest(stage.db.database, jane, { subject: 'Second' });
  await insertRequest(stage.db.database, john, { subject: 'Third' });
  await helpDesk(stage.services).changeStatus(first, 'closed');

  const { html } = await client.get(path);
  expect(numbersIn(html)).toEqual(['1', '3', '2']);
  expect(textOf(html)).toMatch(/Status All Open 2 Closed 1 Number/);
  expect(html).toContain(`<a href="${page(first)}"><bdi>First</bdi></a>`);

  expect(numbersIn((await client.get(`${path}?status=open`)).html)).toEqual(['3', '2']);
  const ofJane = await client.get(`${path}?q=JANE`);
  expect(numbersIn(ofJane.html)).toEqual(['1', '2']);
  expect(textOf(ofJane.html)).toMatch(/Open 1 Closed 1/);
  expect(ofJane.html).toContain(`href="${path}?q&#x3D;JANE&amp;status&#x3D;closed"`);
  expect(numbersIn((await client.get(`${path}?q=${emailOf(john)}`)).html)).toEqual(['3']);
  const byId = await client.get(`${path}?user=${jane.id}&status=open`);
  expect(numbersIn(byId.html)).toEqual(['2']);
  expect(textOf(byId.html)).toContain('Only those of Jane Doe .');
  expect(textOf((await client.get(`${path}?q=nobody`)).html)).toContain('No request matches');
  expect((await client.get(`${path}?status=lost`)).status).toBe(400);
});

test('the table has pages by keyset, and a script gets the table alone', async () => {
  const { client, path, addUser } = await openRequests(stage);
  const jane = await addUser();
  for (let i = 0; i < 51; i += 1) await insertRequest(stage.db.database, jane);
  const linkTo = (html: string, rel: string) =>
    new RegExp(`href="([^"]+)" rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
  const { html } = await client.get(`${path}?status=open`, { 'hx-request': 'true', 'hx-target': 'list' });
  expect(html).not.toContain('<html');
  expect(numbersIn(html)).toHaveLength(50);
  const second = await client.get(linkTo(html, 'next')!);
  expect(numbersIn(second.html)).toEqual(['1']);
  expect(numbersIn((await client.get(linkTo(second.html, 'prev')!)).html)).toEqual(numbersIn(html));
  expect((await client.get(`${path}?cursor=forged`)).status).toBe(400);
});

test('a portal user’s page leads to their requests, and tells what happened to them', async () => {
  const { client, path, slug, send, addUser } = await openRequests(stage);
  const jane = await addUser();
  const [request] = [await insertRequest(stage.db.database, jane), await insertRequest(stage.db.database, jane)];
  await send(request, 'reply', { text: 'Use water.', status: 'closed' });
  const { html } = await client.get(`/console/${slug}/users/${jane.id}`);
  expect(html).toMatch(new RegExp(`href="${path}\\?user&#x3D;${jane.id}">1 open</a>`));
  const text = textOf(html);
  for (const told of ['Request #1 was added', 'Reply to request #1', 'Request #1: Open became Closed']) {
    expect(text).toContain(told);
  }
});
