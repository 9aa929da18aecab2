import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalRequest, Reply } from '../../db/entities/index.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { formKeyIn, HOSTILE, HOSTILE_SHOWN } from '../harness/open-console.ts';
import { addRequestAs, type Opened, openCustomerPortal } from '../harness/open-portal.ts';
import { errorsIn } from '../harness/open-settings.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const requestsOf = ({ id }: Opened) =>
  stage.db.database.em.fork().find(PortalRequest, { portalUser: id }, { orderBy: { number: 'asc' } });
const repliesOf = (request: string) => stage.db.database.em.fork().find(Reply, { request }, { orderBy: { id: 'asc' } });

test('a request is added, shown with its number, status and text, and told in the timeline', async () => {
  const opened = await openCustomerPortal(stage);
  const { client, path, send } = opened;
  expect((await client.get(path)).html).toContain('You have not asked for anything yet.');

  const form = await client.get(`${path}/requests/new`);
  const answer = await send(`${path}/requests/new`, {
    formKey: formKeyIn(form.html),
    subject: '  The printer is on fire ',
    description: 'It burns.\r\n\r\nPlease help.',
  });
  const [request] = await requestsOf(opened);
  expect(answer).toMatchObject({ status: 303, location: `${path}/requests/${request!.id}` });
  expect(request).toMatchObject({
    number: 1,
    subject: 'The printer is on fire',
    description: 'It burns.\n\nPlease help.',
    status: 'open',
  });
  expect((await opened.events()).at(-1)).toBe('request_added');

  const page = await client.get(answer.location!);
  expect(page.html).toContain('Your request #1 was sent.');
  expect(page.html).toMatch(/<h1><span class="number">#1<\/span> <bdi>The printer is on fire<\/bdi><\/h1>/);
  expect(page.html).toContain('It burns.\n\nPlease help.');
  expect(page.html).toContain('<span class="status open">Open</span>');
  expect((await client.get(path)).html).toMatch(
    new RegExp(`href="${path}/requests/${request!.id}"><span class="number">#1</span> <bdi>The printer`),
  );
});

test('the head of signed-in pages has the portal, the pages, the person and the way out', async () => {
  const { client, path } = await openCustomerPortal(stage, { name: 'Acme & Sons' });
  const { html } = await client.get(path);
  expect(html).toContain('<bdi>Acme &amp; Sons</bdi>');
  expect(html).toContain(`<a href="${path}" aria-current="page">My requests</a>`);
  expect(html).toContain(`<a href="${path}/requests/new">New request</a>`);
  expect(html).toMatch(new RegExp(`<a href="${path}/account"[^>]*><bdi>Jane Doe</bdi></a>`));
  expect(html).toContain(`<form method="post" action="${path}/sign-out">`);
  expect((await client.get(`/p/${path.slice(3)}/welcome`)).html).not.toContain('<header>');
});

test('a reply of the portal user opens the request again; the help desk is named', async () => {
  const opened = await openCustomerPortal(stage);
  const { client, path, api } = opened;
  const id = await addRequestAs(opened);
  const page = `${path}/requests/${id}`;
  await api.post(`/requests/${id}/replies`, { text: 'We look into it.', status: 'on_hold' }).expecting(201);
  const operator = await insertOperator(stage.db.database, opened.slug);
  const em = stage.db.database.em.fork();
  em.create(Reply, { request: id, author: `operator/${operator.id}`, authorName: operator.name, text: 'Olga here.' });
  em.create(Reply, { request: id, author: `operator/${randomUUID()}`, text: 'Gone.' });
  await em.flush();

  const shown = await client.get(page);
  expect(shown.html).toContain('<span class="status on_hold">On hold</span>');
  expect(shown.html).toContain('Your reply opens the request again.');
  const authors = [...shown.html.matchAll(/<strong><bdi>([^<]+)<\/bdi><\/strong>/g)].map(([, name]) => name);
  expect(authors).toEqual(['You', 'The help desk', operator.name, 'The help desk']);

  const answer = await opened.send(`${page}/replies`, { formKey: formKeyIn(shown.html), text: 'Thank you!' });
  expect(answer).toMatchObject({ status: 303, location: page });
  const after = await client.get(page);
  expect(after.html).toContain('Your reply was sent.');
  expect(after.html).toContain('<span class="status open">Open</span>');
  expect((await opened.events()).slice(-2)).toEqual(['request_replied', 'request_status_changed']);
  expect((await repliesOf(id)).at(-1)).toMatchObject({ author: 'portal_user', text: 'Thank you!' });
});

test('a request is closed and reopened, a second time nothing changes', async () => {
  const opened = await openCustomerPortal(stage);
  const id = await addRequestAs(opened);
  const page = `${opened.path}/requests/${id}`;
  for (const [verb, status, said] of [
    ['close', 'closed', 'The request is closed.'],
    ['reopen', 'open', 'The request is open again.'],
  ] as const) {
    const before = (await opened.events()).length;
    for (let time = 0; time < 2; time += 1) {
      expect(await opened.client.post(`${page}/${verb}`)).toMatchObject({ status: 303, location: page });
      expect((await opened.client.get(page)).html).toContain(said);
    }
    expect((await requestsOf(opened))[0]).toMatchObject({ status });
    expect(await opened.events()).toHaveLength(before + 1);
    expect(await opened.client.get(`${page}/${verb}`)).toMatchObject({ status: 303, location: page });
  }
});

test('a form that is sent twice, at once or one after the other, adds once', async () => {
  const opened = await openCustomerPortal(stage);
  const { path, client, send } = opened;
  const form = { formKey: formKeyIn((await client.get(`${path}/requests/new`)).html), subject: 'S', description: 'D' };
  const files = [{ name: 'a.txt', content: 'hello' }];
  const answers = await Promise.all([0, 1, 2].map(() => send(`${path}/requests/new`, form, files)));
  const [request, ...others] = await requestsOf(opened);
  expect(others).toEqual([]);
  for (const { status, location } of answers) {
    expect([status, location]).toEqual([303, `${path}/requests/${request!.id}`]);
  }

  const changed = await send(`${path}/requests/new`, form, [{ name: 'a.txt', content: 'other' }]);
  expect(changed.status).toBe(422);
  expect(changed.html).toContain('This form was sent before with something else in it.');
  expect(formKeyIn(changed.html)).not.toBe(form.formKey);

  const page = `${path}/requests/${request!.id}`;
  const reply = { formKey: formKeyIn((await client.get(page)).html), text: 'T' };
  await Promise.all([0, 1].map(() => send(`${page}/replies`, reply)));
  await send(`${page}/replies`, reply);
  expect(await repliesOf(request!.id)).toHaveLength(1);
});

test('what is wrong stands beside its field, and what was typed is kept', async () => {
  const opened = await openCustomerPortal(stage);
  const { path, send } = opened;
  const answer = await send(`${path}/requests/new`, { formKey: 'x', subject: ' ', description: 'd'.repeat(20_001) });
  expect(answer.status).toBe(422);
  expect(errorsIn(answer.html)).toEqual({
    subject: 'Please fill this in.',
    description: 'Please use at most 20000 characters.',
  });
  expect(answer.html).toContain('d'.repeat(20_001));
  const twoLines = await send(`${path}/requests/new`, { subject: 'a\nb', description: '' });
  expect(errorsIn(twoLines.html)).toEqual({
    subject: 'This has characters that cannot be shown. Please type it again.',
    description: 'Please fill this in.',
  });
  const goodFile = await send(`${path}/requests/new`, { subject: 'kept', description: '' }, [
    { name: 'a.txt', content: 'hello' },
  ]);
  expect(errorsIn(goodFile.html)).toMatchObject({ attachments: 'Please choose your files again.' });
  expect(goodFile.html).toContain('value="kept"');

  const id = await addRequestAs(opened);
  const reply = await send(`${path}/requests/${id}/replies`, { text: '\n' });
  expect([reply.status, errorsIn(reply.html)]).toEqual([422, { text: 'Please fill this in.' }]);
  expect(await requestsOf(opened)).toHaveLength(1);
});

test('hostile text is shown as it was typed', async () => {
  const opened = await openCustomerPortal(stage);
  const subject = HOSTILE.slice(0, 200);
  const id = await addRequestAs(opened, { subject, description: HOSTILE });
  await opened.send(`${opened.path}/requests/${id}/replies`, { text: `{{portalName}} $t(head.signOut) ${HOSTILE}` });
  for (const address of [opened.path, `${opened.path}/requests/${id}`]) {
    const { html } = await opened.client.get(address);
    expect(html).toContain(HOSTILE_SHOWN);
    expect(html).not.toContain('<img src=x');
  }
  const { html } = await opened.client.get(`${opened.path}/requests/${id}`);
  expect(html).toContain('{{portalName}} $t(head.signOut)');
  const refused = await opened.send(`${opened.path}/requests/new`, { subject: HOSTILE, description: HOSTILE });
  expect(refused.html).toContain(`value="${HOSTILE_SHOWN}`);
});

test('the list is filtered by status and read page by page, the newest activity first', async () => {
  const opened = await openCustomerPortal(stage);
  const { api, client, path } = opened;
  const ids: string[] = [];
  for (let n = 1; n <= 45; n += 1) {
    const body = { portalUserId: opened.id, subject: `Request ${n}`, description: 'D' };
    ids.push((await api.post('/requests', body).expecting(201)).body.id);
  }
  await api.patch(`/requests/${ids[0]}`, { status: 'closed' }).expecting(200);
  const numbers = (html: string) => [...html.matchAll(/<span class="number">#(\d+)</g)].map(([, n]) => Number(n));
  const next = (html: string, rel: string) =>
    new RegExp(`href="([^"]+)" rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');

  const first = await client.get(path);
  const expected = [1, ...Array.from({ length: 44 }, (_, index) => 45 - index)];
  expect(numbers(first.html)).toEqual(expected.slice(0, 20));
  const second = await client.get(next(first.html, 'next')!);
  const third = await client.get(next(second.html, 'next')!);
  expect([...numbers(second.html), ...numbers(third.html)]).toEqual(expected.slice(20));
  expect(next(third.html, 'next')).toBeUndefined();
  expect(numbers((await client.get(next(third.html, 'prev')!)).html)).toEqual(numbers(second.html));

  expect(numbers((await client.get(`${path}?status=closed`)).html)).toEqual([1]);
  const held = await client.get(`${path}?status=on_hold`);
  expect(held.html).toContain('None of your requests has this status.');
  expect(held.html).toMatch(/aria-current="true">On hold</);
  expect(numbers((await client.get(`${path}?status=nonsense`)).html)).toHaveLength(20);
  expect((await client.get(`${path}?cursor=forged`)).status).toBe(400);
});

test('the pages speak German where the portal user does', async () => {
  const opened = await openCustomerPortal(stage, {}, { locale: 'de-AT' });
  const { html } = await opened.client.get(opened.path);
  expect(html).toContain('<html lang="de">');
  expect(html).toContain('Sie haben noch nichts angefragt.');
  const id = await addRequestAs(opened);
  const page = await opened.client.get(`${opened.path}/requests/${id}`);
  expect(page.html).toContain('<span class="status open">Offen</span>');
  expect(page.html).toContain('<bdi>Sie</bdi>');
  const missing = await opened.client.get(`${opened.path}/requests/${randomUUID()}`);
  expect([missing.status, missing.html.includes('<title>Hier ist nichts')]).toEqual([404, true]);
});

test('what was typed into an ended session is in the form after signing in again', async () => {
  const opened = await openCustomerPortal(stage);
  const { client, path, send } = opened;
  const id = await addRequestAs(opened);
  for (const [page, form, typed, kept] of [
    [`${path}/requests/new`, `${path}/requests/new`, { subject: 'Lost?', description: 'a\r\nb' }, 'value="Lost?"'],
    [`${path}/requests/${id}`, `${path}/requests/${id}/replies`, { text: 'Not lost <b>' }, 'Not lost &lt;b&gt;'],
  ] as const) {
    client.cookies.clear();
    const asked = await send(form, typed, [{ name: 'a.txt', content: 'hello' }], { referer: stage.url + page });
    expect(asked.status).toBe(401);
    const fields = Object.fromEntries(
      [...asked.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
        name!,
        value!.replaceAll('&lt;', '<').replaceAll('&gt;', '>'),
      ]),
    );
    const signedIn = await client.post(`${path}/sign-in`, { ...fields, email: opened.email, password: PASSWORD });
    expect([signedIn.status, signedIn.location]).toEqual([303, page]);
    expect((await client.get(page)).html).toContain(kept);
    expect((await client.get(page)).html).not.toContain(kept);
  }
  expect(await requestsOf(opened)).toHaveLength(1);
});

test('the address /requests leads to the list, with its filter', async () => {
  const { client, path } = await openCustomerPortal(stage);
  expect(await client.get(`${path}/requests`)).toMatchObject({ status: 303, location: path });
  const filtered = await client.get(`${path}/requests?status=closed`);
  expect(filtered).toMatchObject({ status: 303, location: `${path}?status=closed` });
  expect((await client.get(filtered.location!)).status).toBe(200);
});
