import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Contact } from '../../db/entities/index.ts';
import { newAddress } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { PNG } from '../harness/pictures.ts';
import { insertOperator } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const REFUSED = 'Another operator was signed in when this form was opened. Nothing was done.';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const openedByIn = (html: string) => /name="openedBy" value="([^"]+)"/.exec(html)![1]!;

test('a form that one operator opened is not sent as the next one who signed in in another tab', async () => {
  const { slug, api, client, operator } = await openConsole(stage);
  const path = `/console/${slug}/contacts/new`;
  const openedBy = openedByIn((await client.get(path)).html);
  expect(openedBy).toBe(operator.id);
  const second = await insertOperator(stage.db.database, slug, 'owner');
  await client.signIn(second.email);

  const email = newAddress();
  const fields = { name: 'Private', email, openedBy };
  const { status, html } = await client.post(path, fields);
  expect([status, html.includes(REFUSED)]).toEqual([403, true]);
  const fragment = await client.post('/console/account/name', { name: 'X', openedBy }, { 'hx-request': 'true' });
  expect([fragment.status, fragment.html.includes(REFUSED), fragment.html.includes('<html')]).toEqual([
    403,
    true,
    false,
  ]);
  const em = stage.db.database.em.fork();
  expect(await em.count(Contact, { email })).toBe(0);

  expect((await client.post(path, { ...fields, openedBy: second.id })).status).toBe(303);
  await api.post('/users', { name: 'Jane', email: newAddress() }).expecting(201);
  const part = await client.get(`/console/${slug}/users`, { 'hx-request': 'true', 'hx-target': 'list' });
  expect(part.html).not.toContain('<html');
  expect(openedByIn(part.html)).toBe(second.id);
});

test('a logo that one operator chose is not uploaded as the next one', async () => {
  const { slug, client, operator } = await openConsole(stage);
  await client.signIn((await insertOperator(stage.db.database, slug, 'owner')).email);
  const path = `${stage.url}/console/${slug}/settings/logo`;
  const body = new FormData();
  body.append('openedBy', operator.id);
  body.append('logo', new Blob([new Uint8Array(PNG)], { type: 'image/png' }), 'logo.png');
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  const response = await fetch(path, { method: 'POST', body, headers, redirect: 'manual' });
  expect([response.status, (await response.text()).includes(REFUSED)]).toEqual([403, true]);
  expect((await fetch(`${stage.url}/p/${slug}/logo`)).status).toBe(404);
});

test('every form of a signed-in operator says who opened it', () => {
  const views = globSync('console/**/*.hbs').filter((path) => !path.startsWith('console/sign-in/'));
  const forms = views.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/<form [^>]*method="post"[^>]*>\s*(\{\{> opened-by\}\})?/g)].map(
      ([form, next]) => ({ form, next }),
    ),
  );
  const silent = forms.filter(({ form, next }) => !form.includes('/console/sign-out') && next === undefined);
  expect(forms.length).toBeGreaterThan(25);
  expect(silent).toEqual([]);
});
