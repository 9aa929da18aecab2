import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PortalUser } from '../../db/entities/index.ts';
import { launchBrowser } from '../harness/browser.ts';
import { eventually } from '../harness/eventually.ts';
import { findViolations } from '../harness/find-violations.ts';
import { newAddress } from '../harness/invite.ts';
import { insertOperator, OPERATOR_PASSWORD } from '../harness/rows.ts';
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

const HOSTILE = `<img src=x onerror=alert(1)> evil ${'n'.repeat(200)}`;

/** A portal with contacts of these names, and a signed-in operator's browser. */
async function openContacts(names: string[], javaScriptEnabled = true) {
  const { slug, api } = await stage.openPortal();
  const emails = new Map<string, string>();
  for (const name of names) {
    emails.set(name, newAddress());
    await api.post('/contacts', { name, email: emails.get(name) }).expecting(201);
  }
  const operator = await insertOperator(stage.db.database, slug, 'staff');
  const context = await browser.newContext({ javaScriptEnabled });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  await page.goto(`${stage.url}/console/sign-in?next=/console/${slug}/contacts`);
  await page.getByLabel('E-mail address').fill(operator.email);
  await page.getByLabel('Password').fill(OPERATOR_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Contacts' }).waitFor();
  const users = () => stage.db.database.em.fork().find(PortalUser, { portal: { slug } }, { populate: ['contact'] });
  return { page, slug, emails, users, complaints };
}

const names = (page: Page) => page.locator('#contacts tbody th').allInnerTexts();
const listed = (page: Page) => page.locator('#picked bdi').allInnerTexts();
const shows = (page: Page, wanted: string[]) =>
  eventually(async () => (await names(page)).join() === wanted.join(), `the table to show ${wanted}`);

test('contacts are searched while one types, picked across searches, and added together', async () => {
  const { page, slug, emails, users, complaints } = await openContacts(['Anna', 'Bernd', 'Carla', HOSTILE]);
  await page.goto(`${stage.url}/console/${slug}/contacts?portal_user=no`);
  const search = page.getByLabel('Search by name or e-mail address');
  await search.pressSequentially('ann');
  await shows(page, ['Anna']);
  expect(new URL(page.url()).searchParams.get('q')).toBe('ann');
  expect(new URL(page.url()).searchParams.get('portal_user')).toBe('no');
  await page.getByRole('checkbox', { name: 'Pick Anna' }).check();

  await search.fill('img');
  await shows(page, [HOSTILE]);
  await page.locator('#contacts').getByRole('checkbox').check();
  await search.fill('carl');
  await search.press('Enter');
  await shows(page, ['Carla']);
  await page.getByRole('checkbox', { name: 'Pick Carla' }).check();
  expect(await listed(page)).toEqual(['Anna', HOSTILE, 'Carla']);
  await page.getByText('3 picked').waitFor();

  await page.goBack();
  await shows(page, [HOSTILE]);
  expect(await search.inputValue()).toBe('img');
  expect(await page.locator('#contacts').getByRole('checkbox').isChecked()).toBe(true);
  await page.goForward();
  await shows(page, ['Carla']);
  await page.locator('#picked').getByLabel('Carla').click();
  expect(await page.getByRole('checkbox', { name: 'Pick Carla' }).isChecked()).toBe(false);
  expect(await listed(page)).toEqual(['Anna', HOSTILE]);
  expect(await findViolations(page)).toEqual([]);

  await page.getByLabel('Language of the e-mail').selectOption('German');
  await page.getByLabel('Personal note').fill('Willkommen!');
  await page.getByRole('button', { name: 'Add as portal users' }).click();
  await page.getByText('2 of 2 added').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect((await users()).map(({ contact }) => contact.getEntity().name).toSorted()).toEqual([HOSTILE, 'Anna']);
  expect((await stage.sink.mailTo(emails.get('Anna')!)).text).toContain('Willkommen!');
  await stage.sink.mailTo(emails.get(HOSTILE)!);

  await page.getByRole('button', { name: 'Add others' }).click();
  await shows(page, ['Bernd', 'Carla']);
  expect(await listed(page)).toEqual([]);
  await page.getByLabel('Which contacts').selectOption('Portal users');
  await shows(page, [HOSTILE, 'Anna']);
  expect(await page.locator('#contacts').getByRole('checkbox').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('picking goes on over pages, and through a search that finds nobody', async () => {
  const people = Array.from({ length: 51 }, (_, i) => `Person ${String(i).padStart(2, '0')}`);
  const { page, users, complaints } = await openContacts(people);
  await page.getByRole('checkbox', { name: 'Pick Person 03' }).check();
  await page.getByRole('link', { name: 'Next' }).click();
  await shows(page, ['Person 50']);
  expect(page.url()).toContain('cursor=');
  await page.getByRole('checkbox', { name: 'Pick Person 50' }).check();
  await page.getByRole('link', { name: 'Previous' }).click();
  await eventually(async () => (await names(page)).length === 50, 'the first page');
  expect(await page.getByRole('checkbox', { name: 'Pick Person 03' }).isChecked()).toBe(true);
  await page.getByLabel('Search by name or e-mail address').fill('nobody at all');
  await page.getByText('No contact matches.').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Add as portal users' }).click();
  await page.getByText('2 of 2 added').waitFor();
  expect(await users()).toHaveLength(2);
  expect(complaints).toEqual([]);
});

test('without scripts the same is done page by page', async () => {
  const { page, users } = await openContacts(['Anna', 'Bernd'], false);
  await page.getByLabel('Search by name or e-mail address').fill('ann');
  await page.getByRole('button', { name: 'Search' }).click();
  await shows(page, ['Anna']);
  await page.getByRole('checkbox', { name: 'Pick Anna' }).check();
  await page.getByRole('button', { name: 'Add as portal users' }).click();
  await page.getByText('1 of 1 added').waitFor();
  expect(await users()).toHaveLength(1);
});

test('refused forms and long names are accessible and fit into 360 pixels, in the dark too', async () => {
  const { page, slug, complaints } = await openContacts([HOSTILE]);
  await page.setViewportSize({ width: 360, height: 740 });
  const check = async () => {
    expect(await findViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${stage.url}/console/${slug}/contacts`);
    await page.getByRole('checkbox').check();
    await check();
    await page.getByRole('link', { name: 'img' }).click();
    await page.getByText('Add as portal user').click();
    await page.getByLabel('Personal note').fill('x');
    await check();
    for (const form of ['users/new', 'contacts/new']) {
      await page.goto(`${stage.url}/console/${slug}/${form}`);
      await page.getByLabel('Name', { exact: true }).fill(HOSTILE);
      await page.getByLabel('E-mail address').fill('nobody');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByText('Must be one plain e-mail address').waitFor();
      await check();
    }
  }
  // The browser tells that both forms were answered with 400.
  expect(complaints.filter((complaint) => !complaint.includes('400 (Bad Request)'))).toEqual([]);
});
