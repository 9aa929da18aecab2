import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { findViolations } from '../harness/find-violations.ts';
import { invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** A site that redirects to another origin, as one does whose sign-in is elsewhere. */
let stage: Stage;
let browser: Browser;
let site: Server;
let start: string;
let end: string;
const referrers: (string | undefined)[] = [];

beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  site = createServer((request, response) => {
    referrers.push(request.headers.referer);
    if (request.url === '/stay')
      response.writeHead(204).end(); // a browser stays on the page before
    else if (request.url?.startsWith('/start')) response.writeHead(302, { location: end }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Acme</title><h1>Signed in at Acme</h1>');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  start = `http://localhost:${port}/start?from=a&b='c'`; // two origins, as browsers see them
  end = `http://127.0.0.1:${port}/in`;
}, 120_000);

afterAll(async () => {
  await browser.close();
  site.closeAllConnections();
  site.close();
  await stage.close();
});

const KINDS = [
  ['a portal that people sign in to', {}],
  ['a portal with a site of its own', { hasOwnSite: true }],
] as const;

async function opened(
  settings: Record<string, unknown>,
): Promise<{ page: Page; email: string; confirm(): Promise<void>; link: string }> {
  const { api } = await stage.openPortal({ afterConfirmingUrls: [start], ...settings });
  const { link, email } = await invite(stage, api);
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  return {
    page,
    email,
    link,
    async confirm() {
      if ('hasOwnSite' in settings) {
        await page.fill('#email', email);
      } else {
        await page.fill('#password', PASSWORD);
        await page.fill('#passwordAgain', PASSWORD);
      }
      await page.click('main form button');
    },
  };
}

test.each(KINDS)(
  'confirming at %s leads a browser to a site that redirects to another origin',
  async (_kind, settings) => {
    const { page, confirm, link } = await opened(settings);
    await confirm();
    await page.waitForURL(end);
    expect(await page.textContent('h1')).toBe('Signed in at Acme');
    expect(referrers.splice(0)).toEqual([`${stage.url}/`, `${stage.url}/`]); // our origin, not the address of the link
    await page.goto(link);
    expect(await page.textContent('h1')).toBe('You are confirmed already');
  },
  60_000,
);

test.each(KINDS)(
  'the page that leads on from %s is accessible, names the site, and does no harm when opened again',
  async (_kind, settings) => {
    const stay = `${new URL(start).origin}/stay`;
    const { page, confirm } = await opened({ ...settings, afterConfirmingUrls: [stay] });
    await confirm();
    await page.waitForURL(/\/welcome\?language=en&to=0$/);
    const again = await page.context().newPage(); // not a reload, which the refresh to `stay` would abort
    await again.goto(page.url(), { waitUntil: 'commit' });
    expect(await again.textContent('h1')).toBe('You are confirmed');
    expect(await page.textContent('h1')).toBe('You are confirmed');
    const link = page.getByRole('link', { name: `Go to ${new URL(start).host}` });
    expect(await link.getAttribute('href')).toBe(stay);
    expect(await findViolations(page)).toEqual([]);
  },
  60_000,
);

test.each(KINDS)(
  'a second press of the button at %s leads on as the first, and then the link says that they are confirmed',
  async (_kind, settings) => {
    const { page, email, confirm, link } = await opened(settings);
    const again = await page.context().newPage();
    await again.goto(link); // the same form, still open
    await confirm();
    await page.waitForURL(end);
    if ('hasOwnSite' in settings) {
      await again.fill('#email', email);
    } else {
      await again.fill('#password', PASSWORD);
      await again.fill('#passwordAgain', PASSWORD);
    }
    await again.click('main form button');
    await again.waitForURL(end);
    await again.goto(link);
    await again.getByRole('heading', { name: 'You are confirmed already' }).waitFor();
    await again.click('main p a');
    await again.waitForURL('hasOwnSite' in settings ? end : /\/sign-in$/);
  },
  60_000,
);
