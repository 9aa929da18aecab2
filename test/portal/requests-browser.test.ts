import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { findViolations } from '../harness/find-violations.ts';
import { HOSTILE } from '../harness/open-console.ts';
import { addRequestAs, type Opened, openCustomerPortal } from '../harness/open-portal.ts';
import { PNG } from '../harness/pictures.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

async function signedIn({ path, email }: Opened, colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(stage.url + path);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'My requests' }).waitFor();
  return page;
}

test('a person signs in, asks with a picture, sees it, replies, closes and reopens', async () => {
  const opened = await openCustomerPortal(stage, { color: '#ffee00' });
  const page = await signedIn(opened, 'light', 1280);
  await page.getByRole('main').getByRole('link', { name: 'New request' }).click();
  await page.getByLabel('Subject').fill('The printer');
  await page.getByLabel('What can we do for you?').fill('It is on fire.\n\nSee the picture.');
  await page.getByLabel('Attachments').setInputFiles({ name: 'fire ü.png', mimeType: 'image/png', buffer: PNG });
  await page.getByRole('button', { name: 'Send the request' }).click();
  await page.getByText('Your request #1 was sent.').waitFor();
  expect(await page.locator('.written').innerText()).toBe('It is on fire.\n\nSee the picture.');

  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: 'fire ü.png' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe('fire ü.png');
  expect(readFileSync(await download.path()).equals(PNG)).toBe(true);

  await page.getByLabel('Your reply').fill('It went out by itself.');
  await page.getByRole('button', { name: 'Send the reply' }).click();
  await page.getByText('Your reply was sent.').waitFor();
  await page.getByRole('button', { name: 'Close the request' }).click();
  await page.getByText('The request is closed.').waitFor();
  await page.getByText('Your reply opens the request again.').waitFor();
  await page.getByRole('button', { name: 'Reopen the request' }).click();
  await page.getByText('The request is open again.').waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'My requests' }).click();
  await page.getByRole('link', { name: 'Open', exact: true }).click();
  await page.getByRole('link', { name: '#1 The printer' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  await page.context().close();
});

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const)(
  'axe finds nothing on any page of requests, %s, %i pixels wide, and nothing overflows',
  async (scheme, width) => {
    const opened = await openCustomerPortal(stage, { name: HOSTILE.slice(0, 150) }, { name: HOSTILE });
    const page = await signedIn(opened, scheme, width);
    const check = async (what: string) => {
      expect([what, await findViolations(page)]).toEqual([what, []]);
      expect([what, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([what, width]);
    };
    await check('nothing asked yet');
    const typed = { subject: `${'w'.repeat(150)} <b>`, description: `${'y'.repeat(3_000)}\n${HOSTILE}` };
    const file = { name: `${'z'.repeat(180)}.txt`, content: 'hello' };
    const id = await addRequestAs(opened, typed, [file]);
    await addRequestAs(opened);
    await opened.api.post(`/requests/${id}/replies`, { text: HOSTILE, status: 'closed' }).expecting(201);
    for (const path of ['', '?status=closed', '/requests/new', `/requests/${id}`, '/requests/nowhere']) {
      await page.goto(stage.url + opened.path + path);
      await check(path);
    }

    await page.goto(`${stage.url}${opened.path}/requests/new`);
    await page.getByLabel('Attachments').setInputFiles({ ...file, mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await page.getByLabel('Subject').fill('kept');
    await page.getByRole('button', { name: 'Send the request' }).click();
    await page.getByText('is empty. Nothing was sent yet.').waitFor();
    await page.getByText('Please fill this in.').waitFor();
    await check('a refused form');
    await page.context().close();
  },
  120_000,
);
