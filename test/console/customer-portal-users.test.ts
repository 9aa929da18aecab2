import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
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

/** A signed-in operator's browser at the page of Customer Portal Users. */
async function openConsole(options: BrowserContextOptions = {}) {
  const { slug, api } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const operator = await insertOperator(stage.db.database, slug);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${stage.url}/console`);
  await page.getByLabel('E-mail address').fill(operator.email);
  await page.getByLabel('Password').fill(OPERATOR_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Customer Portal Users' }).waitFor();
  return { page, slug, api, context, complaints };
}

async function add(page: Page, name: string, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Add Portal User' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('heading', { name: 'Customer Portal Users' }).waitFor();
}

const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

test('staff add, re-invite, see the confirmation without a reload, and deactivate', async () => {
  const { page, api, complaints } = await openConsole();
  await add(page, 'Jane Doe', 'jane@example.com');
  await rowOf(page, 'Jane Doe').getByText('Not Confirmed').waitFor();
  const first = await stage.sink.mailTo('jane@example.com');
  await rowOf(page, 'Jane Doe').getByText('(1×)').waitFor(); // by itself

  await rowOf(page, 'Jane Doe').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  const question = page.getByRole('dialog');
  await question.getByText('1 will be mailed a new link').waitFor();
  await question.getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('Finished: 1 of 1').waitFor();
  await rowOf(page, 'Jane Doe').getByText('A new link was mailed').waitFor();
  const second = await stage.sink.mailTo('jane@example.com', 2);
  await page.getByRole('button', { name: 'Back to the portal users' }).click();
  await rowOf(page, 'Jane Doe').getByText('(2×)').waitFor();
  expect(second.link).not.toBe(first.link);

  const customer = await (await browser.newContext()).newPage();
  await customer.goto(first.link);
  await customer.getByRole('heading', { name: 'There is a newer link' }).waitFor();
  await customer.goto(second.link);
  await customer.fill('#password', PASSWORD);
  await customer.fill('#passwordAgain', PASSWORD);
  await customer.getByRole('button', { name: 'Confirm my access' }).click();
  await customer.getByRole('heading', { name: 'You are confirmed' }).waitFor();

  await rowOf(page, 'Jane Doe').getByText('Confirmed', { exact: true }).waitFor(); // by itself
  await page.getByRole('link', { name: /^Confirmed 1$/ }).waitFor(); // the count too
  await api.post('/users', { name: 'Added Elsewhere', email: 'elsewhere@example.com' }).expecting(201);
  await page.getByRole('link', { name: /^Not Confirmed 1$/ }).waitFor();
  await page.getByRole('checkbox', { name: 'All 2', exact: true }).waitFor();
  await page.getByText('2 portal users', { exact: true }).waitFor();

  await page.getByRole('link', { name: 'Jane Doe' }).click();
  await page.getByText('Confirmed, and chose a password').waitFor();
  await page.getByRole('button', { name: 'Deactivate Portal User' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate Portal User' }).click();
  await page.getByText('Jane Doe is deactivated').waitFor();
  await page.getByText('Deactivated', { exact: true }).first().waitFor();
  expect(complaints).toEqual([]);
});

test('the row of an erased user leaves the list without a reload', async () => {
  const { page, api, slug } = await openConsole();
  const email = `erased.${slug}@example.com`;
  await api.post('/users', { name: 'Erased', email }).expecting(201);
  await api.post('/users', { name: 'Kept', email: `kept.${slug}@example.com` }).expecting(201);
  await page.reload();
  await rowOf(page, 'Erased').getByText('(1×)').waitFor();
  await stage.db.database.em.fork().execute('delete from contacts where email = ?', [email]);
  await rowOf(page, 'Erased').waitFor({ state: 'detached' });
  await rowOf(page, 'Kept').waitFor();
});

test('filters, a search and all that match are in the address bar, and acted on', async () => {
  const { page, api, slug, complaints } = await openConsole();
  for (const name of ['Anna', 'Bernd', 'Carla', 'Dora']) {
    await api.post('/users', { name, email: `${name}.${slug}@example.com` }).expecting(201);
  }
  for (const name of ['Anna', 'Bernd', 'Carla', 'Dora']) await stage.sink.mailTo(`${name}.${slug}@example.com`);
  const users = (await api.get('/users')).body.data as { id: string; name: string }[];
  const dora = users.find(({ name }) => name === 'Dora')!;
  await api.post(`/users/${dora.id}/deactivate`).expecting(200);
  await page.reload();
  await page.getByRole('link', { name: 'Deactivated 1' }).click();
  await page.waitForURL(/status=deactivated/);
  await eventually(async () => (await page.getByRole('row').count()) === 2, 'one row');

  await page.getByRole('link', { name: 'All', exact: true }).first().click();
  await page.getByLabel('Search by name').pressSequentially('nn');
  await page.waitForURL(/q=nn/);
  await eventually(async () => (await page.getByRole('row').count()) === 2, 'one row');
  await page.reload();
  await rowOf(page, 'Anna').waitFor();
  expect(await page.getByLabel('Search by name').inputValue()).toBe('nn');

  await page.getByLabel('Search by name').fill('');
  await eventually(async () => (await page.getByRole('row').count()) === 5, 'all rows');
  await page.getByRole('link', { name: 'Name', exact: true }).click();
  await page.waitForURL(/sort=name/);
  await eventually(async () => (await page.getByRole('row').nth(1).innerText()).includes('Anna'), 'the order');

  await page.getByLabel('All 4').check();
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('3 will be mailed a new link').waitFor();
  await page.getByText('1 is deactivated').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('Finished: 4 of 4').waitFor();
  await page.getByText('Nothing done: deactivated; reactivate instead').first().waitFor();
  for (const name of ['Anna', 'Bernd', 'Carla']) await stage.sink.mailTo(`${name}.${slug}@example.com`, 2);
  expect(complaints).toEqual([]);
});

test('all of it works without scripts', async () => {
  const { page } = await openConsole({ javaScriptEnabled: false });
  await add(page, 'Jane Doe', 'jane.plain@example.com');
  await stage.sink.mailTo('jane.plain@example.com');
  await page.reload();
  await page.getByLabel('Search by name').fill('jane');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.waitForURL(/q=jane/);
  await rowOf(page, 'Jane Doe').getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('1 will be mailed a new link').waitFor();
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  await stage.sink.mailTo('jane.plain@example.com', 2);
  await eventually(async () => {
    await page.reload();
    return page.getByText('Finished: 1 of 1').isVisible();
  }, 'the end');
  await page.getByRole('button', { name: 'Back to the portal users' }).click();
  expect(page.url()).toContain('q=jane');
  await page.getByRole('link', { name: 'Jane Doe' }).click();
  await page.getByRole('button', { name: 'Deactivate Portal User' }).click();
  await page.getByRole('button', { name: 'Deactivate Portal User' }).click();
  await page.getByText('Jane Doe is deactivated').waitFor();
});

test('all of it works by keyboard alone, and the dialog gives the focus back', async () => {
  const { page, api } = await openConsole();
  await api.post('/users', { name: 'Kay Board', email: 'kay@example.com' }).expecting(201);
  await stage.sink.mailTo('kay@example.com');
  await page.reload();
  const focused = () =>
    page.evaluate('document.activeElement.value || document.activeElement.textContent') as Promise<string>;
  const tabTo = (text: string) =>
    eventually(async () => {
      await page.keyboard.press('Tab');
      return (await focused()).trim() === text;
    }, `the focus on ${text}`);

  await tabTo('Skip to the content');
  const box = rowOf(page, 'Kay Board').getByRole('checkbox');
  await tabTo(await box.inputValue());
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+Tab');
  await eventually(async () => {
    await page.keyboard.press('Shift+Tab');
    return (await focused()) === 'deactivate';
  }, 'the focus on the button');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  expect((await focused()).trim()).toBe('Back'); // one more Enter does nothing to anybody
  await page.keyboard.press('Escape');
  expect(await focused()).toBe('deactivate');
  expect(await box.isChecked()).toBe(true);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await tabTo('Deactivate Portal User');
  await page.keyboard.press('Enter');
  await page.getByText('Finished: 1 of 1').waitFor();
});

test('a double click acts once, and so does the way back', async () => {
  const { page, api } = await openConsole();
  await api.post('/users', { name: 'Dora Double', email: 'dora.double@example.com' }).expecting(201);
  await stage.sink.mailTo('dora.double@example.com');
  await page.reload();
  await page.getByRole('link', { name: 'Dora Double' }).click();
  await page.getByRole('button', { name: 'Re-Invite' }).dblclick();
  await page.getByText('A new confirmation link is on its way').waitFor();
  await stage.sink.mailTo('dora.double@example.com', 2);
  await page.goBack();
  await page.getByRole('heading', { name: 'Dora Double' }).waitFor();
  await page.getByText('2 e-mails so far').waitFor();
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes('dora.double@example.com'))).toHaveLength(2);
});

test('a server that went away is told, and nothing is lost', async () => {
  const { page, api } = await openConsole();
  await api.post('/users', { name: 'Rita', email: 'rita@example.com' }).expecting(201);
  await page.reload();
  await rowOf(page, 'Rita').getByRole('checkbox').check();
  await page.route('**/bulk-actions/**', (route) => route.abort());
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('The server does not answer').waitFor();
  await page.unroute('**/bulk-actions/**');
  expect(await rowOf(page, 'Rita').getByRole('checkbox').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Re-Invite' }).click();
  await page.getByText('1 will be mailed a new link').waitFor();
});
