import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitForm as submit, submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { askForJson, invite } from '../harness/invite.ts';
import { formIn } from '../harness/open-settings.ts';
import { insertOperator } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const SITE = 'https://support.acme.example/start';
const OWN_SITE = { afterConfirmingUrls: [SITE, 'https://shop.acme.example/'], hasOwnSite: true };

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal(OWN_SITE));
});
afterAll(() => stage.close());

test('who confirms types the address that was invited, chooses no password, and is led to the site', async () => {
  const { id, email, link, row } = await invite(stage, api, { name: 'Jane Doe' });
  const page = await fetch(link);
  const html = await page.text();
  expect(page.status).toBe(200);
  expect(html).toContain('Please type your e-mail address, Jane Doe');
  expect(html).not.toContain('password');
  expect(html).not.toContain(email); // or a program that submits forms would send it

  const answer = await submit(link, { email: `  ${email.toUpperCase()} ` });
  const welcome = `/p/${slug}/welcome?language=en&to=0`;
  expect([answer.status, answer.headers.get('location')]).toEqual([303, welcome]);
  expect(await (await fetch(stage.url + welcome)).text()).toContain(`url=${SITE}"`);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(await row()).toMatchObject({ confirmationStatus: 'confirmed', passwordHash: null, pendingPasswordHash: null });
  const told = await stage.db.database.em
    .fork()
    .findOneOrFail(Event, { portalUser: id, type: 'portal_user_confirmed' });
  expect(told.data).toEqual({ generation: 1, hasPassword: false });

  const again = await fetch(link);
  const text = await again.text();
  expect([again.status, text.includes(`href="${SITE}"`), text.includes('/sign-in')]).toEqual([409, true, false]);
  expect((await submit(link, { email })).status).toBe(303); // the second of a double click
  await stage.db.database.em
    .fork()
    .execute("update portal_users set confirmed_at = confirmed_at - interval '2 minutes' where id = ?", [id]);
  expect((await submit(link, { email })).status).toBe(409);
});

test.each([
  ['another address', { email: 'somebody.else@example.com' }],
  ['nonsense', { email: '"><script>alert(1)</script>' }],
  ['nothing', {}],
  ['a password', { password: PASSWORD, passwordAgain: PASSWORD }],
])('%s confirms nothing, and the page says so', async (_title, fields: Record<string, string>) => {
  const { link, email, row, events } = await invite(stage, api);
  const before = await events();
  const answer = await submit(link, fields);
  const html = await answer.text();
  expect([answer.status, html.includes('This is not the address that was invited.')]).toEqual([400, true]);
  expect(html).not.toContain('<script>');
  expect(html).not.toContain(email);
  expect([(await row()).confirmationStatus, await events()]).toEqual(['not_confirmed', before]);
  expect((await submit(link, { email })).status).toBe(303);
});

test('a program is told what to send, sends it, and learns what was wrong', async () => {
  const { link, email, row } = await invite(stage, api, { name: 'Jane Doe' });
  expect((await askForJson(link)).body).toEqual({ portal: slug, name: 'Jane Doe', asksFor: 'email' });
  const send = (body: unknown) =>
    askForJson(link, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const wrong = await send({ email: 'x@example.com' });
  expect([wrong.status, wrong.body.code, wrong.body.errors[0].field]).toEqual([400, 'invalid_request', 'email']);
  expect((await send({ password: PASSWORD })).status).toBe(400);
  const right = await send({ email });
  expect([right.status, right.headers.get('location')]).toEqual([303, SITE]);
  expect(right.body).toEqual({ confirmationStatus: 'confirmed', portal: slug });
  expect((await row()).passwordHash).toBeNull();
});

test('the form sent twice at once confirms once', async () => {
  const { link, email, events } = await invite(stage, api);
  const answers = await Promise.all([submit(link, { email }), submit(link, { email })]);
  expect(answers.map(({ status }) => status).filter((status) => status !== 303 && status !== 409)).toEqual([]);
  expect((await events()).filter((type) => type === 'portal_user_confirmed')).toHaveLength(1);
});

test('nobody signs in here: every such page says where to go, and sessions are over', async () => {
  const portal = await stage.openPortal();
  const { email } = await confirmed(stage, portal.api);
  const { opens } = await signedInBrowser(stage, portal.slug, email);
  expect(await opens()).toBe(true);
  await portal.api.patch('', OWN_SITE).expecting(200);
  expect(await opens()).toBe(false);
  const client = consoleClient(stage.url);
  for (const page of ['/sign-in', '/forgotten-password', `/reset/${'A'.repeat(71)}`]) {
    const { html } = await client.get(`/p/${portal.slug}${page}`);
    expect(html).toContain(`<a href="${SITE}">Go to support.acme.example</a>`);
    expect(html).not.toContain('<form');
  }
  expect((await signInFrom(client, portal.slug, email)).html).toContain('This is not the place to sign in');
  expect(client.cookies.size).toBe(0);
  const german = await client.get(`/p/${portal.slug}/sign-in`, { 'accept-language': 'de' });
  expect(german.html).toContain('Zu support.acme.example');

  await portal.api.patch('', { hasOwnSite: false }).expecting(200);
  expect((await signInFrom(client, portal.slug, email)).status).toBe(303);
});

test('a site of its own needs an address, whichever of the two is changed', async () => {
  const portal = await stage.openPortal();
  expect((await portal.api.get('').expecting(200)).body.hasOwnSite).toBe(false);
  const refused = await portal.api.patch('', { hasOwnSite: true }).expecting(400);
  expect(refused.body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'hasOwnSite' }] });
  const opened = (await portal.api.patch('', OWN_SITE).expecting(200)).body;
  expect(opened).toMatchObject(OWN_SITE);
  await portal.api.patch('', { afterConfirmingUrls: [] }).expecting(400);
  await portal.api.patch('', { hasOwnSite: 'yes' }).expecting(400);
  await stage.admin.post('/v1/portals', { slug: 'no-address', name: 'Acme', hasOwnSite: true }).expecting(400);
});

test('an owner says so in the console', async () => {
  const portal = await stage.openPortal();
  const client = consoleClient(stage.url);
  await client.signIn((await insertOperator(stage.db.database, portal.slug)).email);
  const settings = `/console/${portal.slug}/settings`;
  const fields = formIn((await client.get(settings)).html);
  const refused = await client.post(settings, { ...fields, hasOwnSite: 'on' });
  expect([refused.status, refused.html.includes('Needs an address of the site')]).toEqual([422, true]);
  expect((await client.post(settings, { ...fields, hasOwnSite: 'on', afterConfirmingUrls: SITE })).status).toBe(303);
  expect((await portal.api.get('').expecting(200)).body.hasOwnSite).toBe(true);
  const ticked = (await client.get(settings)).html;
  expect(ticked).toMatch(/name="hasOwnSite" value="on" checked/);
  const { hasOwnSite, ...unticked } = formIn(ticked);
  expect(hasOwnSite).toBe('on');
  expect((await client.post(settings, unticked)).status).toBe(303);
  expect((await portal.api.get('').expecting(200)).body.hasOwnSite).toBe(false);
});

test('an earlier attempt’s password does not become one', async () => {
  const portal = await stage.openPortal();
  const { link, email, row } = await invite(stage, portal.api);
  const { confirm } = stage.services.invitations;
  stage.services.invitations.confirm = () => Promise.reject(new Error('Temporal is down'));
  expect((await submitPassword(link)).status).toBe(500);
  stage.services.invitations.confirm = confirm;
  expect((await row()).pendingPasswordHash).not.toBeNull();
  await portal.api.patch('', OWN_SITE).expecting(200);
  expect((await submit(link, { email })).status).toBe(303);
  expect((await row()).passwordHash).toBeNull();
});
