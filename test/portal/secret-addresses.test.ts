import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { createApp } from '../../api/app.ts';
import { Portal } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { expireLink, invite, mailed } from '../harness/invite.ts';
import { operatorLink } from '../harness/operator-links.ts';
import { PNG } from '../harness/pictures.ts';
import { insertOperator, readPortalUser } from '../harness/rows.ts';
import { confirmed } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** Every request that a browser makes, as the server sees it. */
interface Seen {
  method: string;
  path: string;
  referer: string | undefined;
  origin: string | undefined;
}

let stage: Stage;
let browser: Browser;
let server: Server;
let url: string;
const seen: Seen[] = [];

beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const app = createApp({ ...stage.services, publicUrl: url });
  server.on('request', (request, response) => {
    const { referer, origin } = request.headers;
    seen.push({ method: request.method!, path: request.url!, referer, origin });
    app(request, response);
  });
}, 120_000);

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
  await stage.close();
});

/** The paths of every page whose address holds a token, by what it is. */
async function secretPaths(): Promise<Record<string, string>> {
  const portal = await stage.openPortal({ reInviteCooldownSeconds: 0, color: '#0b6e4f' });
  const ownSite = await stage.openPortal({ hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] });
  const logo = { logo: PNG, logoType: 'image/png', logoVersion: 'v1' };
  await stage.db.database.em.fork().nativeUpdate(Portal, {}, logo);
  const { api, slug } = portal;
  const invited = () => invite(stage, api);
  const [fresh, late, twice, corrected, used, gone] = [
    await invited(),
    await invited(),
    await invited(),
    await invited(),
    await confirmed(stage, api),
    await invited(),
  ];
  await expireLink(stage, late.id);
  await api.post(`/users/${twice.id}/re-invite`).expecting(202);
  await api.patch(`/users/${corrected.id}`, { email: `right.${corrected.email}` }).expecting(200);
  await Promise.all([mailed(stage, twice.id, 2), mailed(stage, corrected.id, 2)]);
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  const atOwnSite = await invite(stage, ownSite.api);
  const row = await readPortalUser(stage.db.database, used.id);
  const reset = passwordResetToken(stage.services.linkKeys, row, new Date(Date.now() + 3_600_000));
  const olga = await insertOperator(stage.db.database, slug);
  await consoleClient(stage.url).post('/console/forgotten-password', { email: olga.email });
  const newPassword = await operatorLink(stage, olga.email, 'new-password');
  await stage.admin
    .post(`/v1/portals/${slug}/operators`, { email: 'otto@acme.example', name: 'Otto', role: 'staff' })
    .expecting(201);
  const invitation = await operatorLink(stage, 'otto@acme.example', 'invitation');
  return {
    "an operator's invitation": invitation,
    "an operator's dead invitation": `${invitation.slice(0, -2)}xx`,
    "an operator's link to a new password": newPassword,
    'a confirmation link': new URL(fresh.link).pathname,
    'a confirmation link at a site of its own': new URL(atOwnSite.link).pathname,
    'an expired link': new URL(late.link).pathname,
    'a superseded link': new URL(twice.link).pathname,
    'a link to a corrected address': new URL(corrected.link).pathname,
    'a used link': new URL(used.link).pathname,
    'the link of a deactivated user': new URL(gone.link).pathname,
    'a link to a new password': `/p/${slug}/reset/${reset}`,
    'a dead link to a new password': `/p/${slug}/reset/${reset.slice(0, -2)}xx`,
    'a link to a new password at a site of its own': `/p/${ownSite.slug}/reset/${reset}`,
    'a link to a new password at an unknown portal': `/p/nowhere/reset/${reset}`,
  };
}

test('no request of a page whose address holds a token tells the token, and each form tells its origin', async () => {
  const assets = new Set<string>();
  for (const [what, path] of Object.entries(await secretPaths())) {
    const token = path.split('/').at(-1)!;
    const page = await (await browser.newContext()).newPage();
    const checked = () => {
      const requests = seen.splice(0);
      for (const { referer = '' } of requests) expect([what, referer.includes(token)]).toEqual([what, false]);
      for (const { method, origin } of requests) if (method === 'POST') expect([what, origin]).toEqual([what, url]);
      return requests;
    };
    seen.length = 0;
    await page.goto(url + path, { waitUntil: 'networkidle' });
    const loaded = checked().filter((one) => one.path !== path);
    expect([what, loaded.length > 0]).toEqual([what, true]);
    for (const { path: asset } of loaded) assets.add(asset.replace(/\?.*/, '').replace(/^\/p\/[^/]+/, ''));

    const form = page.locator('main form');
    if ((await form.count()) > 0) {
      for (const field of await form.locator('input:not([readonly], [hidden])').all())
        await field.fill('robot@scanner.example');
      const answered = page.waitForEvent('framenavigated');
      await form.locator('button').click();
      await answered;
      await page.waitForLoadState('networkidle');
      expect([what, checked().some(({ method }) => method === 'POST')]).toEqual([what, true]);
    }
    await page.context().close();
  }
  expect([...assets]).toEqual(expect.arrayContaining(['/assets/style.css', '/theme.css', '/logo']));
}, 120_000);

test('the page of an error keeps the address secret, too', async () => {
  const { slug } = await stage.openPortal();
  for (const path of [
    '/console/sign-in/invitation/x',
    '/console/sign-in/new-password/x',
    `/p/${slug}/reset/x`,
    '/confirm/x',
  ]) {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: new URLSearchParams({ password: 'x' }) });
    expect([path, answer.status, answer.headers.get('referrer-policy')]).toEqual([path, 403, 'strict-origin']);
  }
});

test('what follows a confirmation and a new password does not tell their links either', async () => {
  const { api, slug } = await stage.openPortal();
  const { id, link } = await invite(stage, api);
  const page = await browser.newPage();
  const submit = async (path: string, to: RegExp) => {
    seen.length = 0;
    await page.goto(url + path);
    await page.fill('#password', PASSWORD);
    await page.fill('#passwordAgain', PASSWORD);
    await page.click('main form button');
    await page.waitForURL(to);
    await page.waitForLoadState('networkidle');
    const token = path.split('/').at(-1)!;
    expect(seen.some((one) => to.test(one.path))).toBe(true);
    for (const { referer = '' } of seen) expect(referer.includes(token)).toBe(false);
  };
  await submit(new URL(link).pathname, /\/welcome\?language=en$/);
  const row = await readPortalUser(stage.db.database, id);
  const reset = passwordResetToken(stage.services.linkKeys, row, new Date(Date.now() + 3_600_000));
  await submit(`/p/${slug}/reset/${reset}`, /\/sign-in\?done=password$/);
}, 60_000);
