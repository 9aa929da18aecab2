import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { expireLink, invite } from '../harness/invite.ts';
import { insertManyPortalUsers } from '../harness/many-portal-users.ts';
import { openConsole } from '../harness/open-console.ts';
import { insertOperator, insertPortal } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

async function openList() {
  const opened = await openConsole(stage, { role: 'staff' });
  const page = `/console/${opened.slug}/users`;
  return { ...opened, page, read: async (query = '') => (await opened.client.get(page + query)).html };
}

/** The names in the table, in its order. */
function namesIn(html: string): string[] {
  return [...html.matchAll(/<th scope="row"[^>]*><a [^>]*><bdi>(.*?)<\/bdi>/g)].map(([, name]) => name!);
}

/** A filter's values and how many there are of each, as shown. */
function facetOf(html: string, title: string): Record<string, string> {
  const nav = html.slice(html.indexOf(`aria-label="${title}"`)).split('</nav>')[0]!;
  const options = nav.matchAll(/<a [^>]*>(.*?)(?: <span class="count">(.*?)<\/span>)?<\/a>/g);
  return Object.fromEntries([...options].flatMap(([, name, count]) => (count === undefined ? [] : [[name, count]])));
}

test('a portal without users says so, and how to add the first', async () => {
  const { read } = await openList();
  const html = await read();
  expect(html).toContain('There are no portal users yet');
  expect(html).not.toContain('<table');
});

test('each filter shows how many there are of each value, the other filters applied', async () => {
  const { api, read } = await openList();
  const [anna, bernd, carla] = await Promise.all(
    ['Anna', 'Bernd', 'Carla'].map((name) => invite(stage, api, { name })),
  );
  await expireLink(stage, anna!.id);
  await api.post(`/users/${carla!.id}/deactivate`).expecting(200);
  stage.sink.mood = { code: 550, text: 'No such user here', at: 'RCPT' };
  const { body } = await api.post('/users', { email: 'gone@example.com', name: 'Gone' }).expecting(201);
  await eventually(
    async () => (await api.get(`/users/${body.id}`)).body.invitation.delivery === 'bounced',
    'the refusal',
  );
  stage.sink.mood = null;

  const all = await read();
  expect(facetOf(all, 'Confirmation Status')).toEqual({ 'Not Confirmed': '3', Deactivated: '1' });
  expect(facetOf(all, 'Delivery')).toEqual({ Sent: '3', Bounced: '1' });
  expect(facetOf(all, 'Link')).toEqual({ Valid: '2', Expired: '1' });
  expect(all).toContain('title="550 No such user here"');

  expect(namesIn(await read('?link=expired'))).toEqual(['Anna']);
  expect(namesIn(await read('?delivery=bounced'))).toEqual(['Gone']);
  expect(namesIn(await read('?status=not_confirmed&delivery=sent&sort=name'))).toEqual(['Anna', 'Bernd']);
  const searched = await read('?q=nn');
  expect(namesIn(searched)).toEqual(['Anna']);
  expect(facetOf(searched, 'Confirmation Status')).toEqual({ 'Not Confirmed': '1' });
  const none = await read(`?q=${bernd!.email}&status=confirmed`);
  expect(none).toContain('No portal user matches');
  expect(facetOf(none, 'Confirmation Status')).toEqual({ 'Not Confirmed': '1', Confirmed: '0' });
});

test('pages follow each other in every order, forwards and back', async () => {
  const portal = await insertPortal(stage.db.database);
  await insertManyPortalUsers(stage.db.database.em.fork(), portal.id, 130);
  const client = consoleClient(stage.url);
  await client.signIn((await insertOperator(stage.db.database, portal.slug)).email);
  const turn = (html: string, rel: string) =>
    new RegExp(`href="([^"]+)" rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');

  for (const sort of ['-createdAt', 'createdAt', 'name', '-name', 'email', '-email']) {
    const pages: string[][] = [];
    let address: string | undefined = `/console/${portal.slug}/users?sort=${sort}`;
    let html = '';
    while (address !== undefined) {
      html = (await client.get(address)).html;
      pages.push(namesIn(html));
      address = turn(html, 'next');
    }
    expect(pages.map(({ length }) => length)).toEqual([50, 50, 30]);
    expect(new Set(pages.flat()).size).toBe(130);
    const back = (await client.get(turn(html, 'prev')!)).html;
    expect(namesIn(back)).toEqual(pages[1]);
    const first = (await client.get(turn(back, 'prev')!)).html;
    expect(namesIn(first)).toEqual(pages[0]);
    expect(turn(first, 'prev')).toBeUndefined();
  }
});

test('names of markup, from right to left, very long or of pictures are shown as typed, never run', async () => {
  const { api, read } = await openList();
  const names = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '{{constructor}} {{{body}}}',
    'مرحبا exe.gnp',
    '🦄'.repeat(50),
    'x'.repeat(500),
  ];
  for (const [i, name] of names.entries()) await api.post('/users', { name, email: `odd.${i}@example.com` });
  const html = await read('?sort=email');
  const shown = namesIn(html).map((text) =>
    text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#x3D;', '='),
  );
  expect(shown).toEqual(names);
  expect(html).not.toMatch(/<script>|<img src=x/);
});

test('an address that is no view of this list is answered with what is wrong', async () => {
  const { client, page } = await openList();
  for (const query of ['?status=erased', '?sort=age', '?cursor=forged', '?before=forged', `?q=${'x'.repeat(201)}`]) {
    const { status, html } = await client.get(page + query);
    expect([query, status]).toEqual([query, 400]);
    expect(html).toContain('This request could not be understood');
  }
  expect((await client.get(`${page}?q=&status=&utm_source=mail`)).status).toBe(200);
});
