import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Session } from '../../db/entities/index.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { sendForm } from '../harness/open-portal.ts';
import { confirmed, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  ({ slug, api } = await stage.openPortal());
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

const endAllSessions = () => stage.db.database.em.fork().nativeDelete(Session, {});

/** The hidden fields of a page's form, by name. */
function hiddenIn(html: string): Record<string, string> {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name, value]));
}

test('what somebody typed while their session ended is there again after signing in, files must be chosen again', async () => {
  const { email } = await confirmed(stage, api);
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${stage.url}/p/${slug}/requests/new`);
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();

  const description = `Line one\n\n"quoted" <b>bold</b> & ${'ä€🎉'.repeat(1_000)}`;
  await page.getByLabel('Subject').fill('The printer is on fire');
  await page.locator('[name=description]').fill(description);
  await page.locator('[type=file]').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
  await endAllSessions();
  await page.locator('main form button').click();

  await page.getByText('Your session has ended. Sign in, and you find what you typed again').waitFor();
  await page.getByText('Files must be chosen again.').waitFor();
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByLabel('Password').fill('a wrong one, at first');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('do not match').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await page.waitForURL(`${stage.url}/p/${slug}/requests/new`);
  expect(await page.getByLabel('Subject').inputValue()).toBe('The printer is on fire');
  expect(await page.locator('[name=description]').inputValue()).toBe(description);
  await page.locator('main form button').click();
  await page.waitForURL(/\/requests\/[\da-f-]{36}$/);
  await page.goto(`${stage.url}/p/${slug}/requests/new`);
  expect(await page.getByLabel('Subject').inputValue()).toBe('');
});

test('a reply is kept for the page of its request, and nothing of it stands at another', async () => {
  const { email } = await confirmed(stage, api);
  const client = consoleClient(stage.url);
  await signInFrom(client, slug, email);
  const typed = { subject: 'Help', description: 'Please' };
  const { location } = await sendForm(stage, client, `/p/${slug}/requests/new`, typed);
  await endAllSessions();
  const referer = `${stage.url}${location}`;
  const asked = await sendForm(stage, client, `${location}/replies`, { text: 'A long answer' }, [], { referer });
  expect(asked.status).toBe(401);
  expect(asked.html).not.toContain('Files must be chosen again.');
  const fields = hiddenIn(asked.html);
  expect(fields).toEqual({ next: location, 'draft.text': 'A long answer' });
  expect((await signInFrom(client, slug, email, PASSWORD, fields)).location).toBe(location);
  expect((await client.get(`/p/${slug}/requests/new`)).html).not.toContain('A long answer');
  expect((await client.get(location!)).html).toContain('>A long answer</textarea>');
  expect((await client.get(location!)).html).not.toContain('A long answer');
});

test('no password is ever carried along, and a form without text says that it was not carried out', async () => {
  const client = consoleClient(stage.url);
  const secrets = { currentPassword: 'secret number one', password: 'secret number two', passwordAgain: 'secret two' };
  const { status, html } = await client.post(`/p/${slug}/account/password`, secrets);
  expect([status, html.includes('was not carried out')]).toEqual([401, true]);
  expect(html).not.toContain('secret');
});

test('a form from a page that is not of this portal leads to none but its own', async () => {
  const client = consoleClient(stage.url);
  for (const referer of ['https://evil.example/x', `${stage.url}/console/account`, 'nonsense']) {
    const { html } = await client.post(`/p/${slug}/requests/new`, { subject: 'x' }, { referer });
    expect(hiddenIn(html).next).toMatch(new RegExp(`^/p/${slug}(/requests/new)?$`));
  }
});

test('a form beyond all measure is refused on a page', async () => {
  const client = consoleClient(stage.url);
  const tooLong = { subject: 'x', description: 'x'.repeat(100_001) };
  const { status, html } = await sendForm(stage, client, `/p/${slug}/requests/new`, tooLong);
  expect([status, html.includes('We could not read this')]).toEqual([400, true]);
});
