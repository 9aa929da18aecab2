import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Portal, PortalOperator } from '../../db/entities/index.ts';
import { launchBrowser } from '../harness/browser.ts';
import { findViolations } from '../harness/find-violations.ts';
import { operatorLink } from '../harness/operator-links.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** As hostile to a layout as a name can be. */
const WIDE_NAME = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6);

let stage: Stage;
let browser: Browser;
let portal: Portal;
let owner: Awaited<ReturnType<typeof insertOperator>>;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  portal = await insertPortal(stage.db.database);
  owner = await insertOperator(stage.db.database, portal.slug);
  await insertOperator(stage.db.database, portal.slug, 'owner');
  const { id } = await insertOperator(stage.db.database, portal.slug, 'staff');
  await stage.db.database.em.fork().nativeUpdate(PortalOperator, { operator: id }, { name: WIDE_NAME });
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

async function signIn(page: Page, wanted: string): Promise<void> {
  await page.goto(stage.url + wanted);
  await page.getByLabel('E-mail address').fill(owner.email);
  await page.getByLabel('Password').fill(OPERATOR_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(stage.url + wanted);
}

async function expectFine(page: Page, what: string): Promise<void> {
  expect([what, await findViolations(page)]).toEqual([what, []]);
  const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect([what, await page.evaluate(tooWide)]).toEqual([what, 0]);
}

test.each([
  ['light', 1280],
  ['dark', 360],
] as const)('every page about operators is fit for all, %s at %d pixels', async (colorScheme, width) => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  const list = `/console/${portal.slug}/settings/operators`;
  await page.goto(`${stage.url}/console/sign-in`);
  await expectFine(page, 'sign-in');
  await page.getByLabel('E-mail address').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not this one');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await expectFine(page, 'refused sign-in');

  await signIn(page, list);
  await expectFine(page, 'list');
  const form = page.locator('form', { hasText: 'Add operator' });
  await form.getByLabel('Name').fill(WIDE_NAME);
  await form.getByLabel('E-mail address').fill('nobody@nowhere');
  await page.getByRole('button', { name: 'Add operator' }).click();
  await page.getByText('Must be one plain e-mail address').waitFor();
  await expectFine(page, 'refused operator');
  await form.getByLabel('E-mail address').fill(`${'n'.repeat(60)}@${colorScheme}.example.com`);
  await page.getByRole('button', { name: 'Add operator' }).click();
  await page.getByText('a link is on its way').waitFor();
  await page.getByText('Pending').first().waitFor();
  await expectFine(page, 'pending operator');
  await page
    .getByRole('link', { name: `Remove ${WIDE_NAME}` })
    .first()
    .click();
  await page.getByRole('heading', { name: `Remove ${WIDE_NAME}?` }).waitFor();
  await expectFine(page, 'remove');
  await page
    .getByRole('link', { name: 'Cancel' })
    .or(page.getByRole('button', { name: 'Cancel' }))
    .click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await page.goto(`${stage.url}/console/account`);
  await expectFine(page, 'account');
  await page.getByLabel('Current password').fill('not this one');
  await page.getByLabel('New password', { exact: true }).fill('nine small boats sail home');
  await page.getByLabel('The new password again').fill('nine small boats sail home');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('This is not your current password').waitFor();
  await expectFine(page, 'refused password');

  await page.goto(`${stage.url}/console/forgotten-password`);
  await expectFine(page, 'forgotten password');
  await page.getByLabel('E-mail address').fill(owner.email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await expectFine(page, 'a link was mailed');
  await page.goto(
    stage.url + (await operatorLink(stage, owner.email, 'new-password', colorScheme === 'light' ? 1 : 2)),
  );
  await expectFine(page, 'new password');
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByLabel('The new password again').fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Use at least 15 characters').waitFor();
  await expectFine(page, 'refused new password');
  await page.goto(
    stage.url + (await operatorLink(stage, `${'n'.repeat(60)}@${colorScheme}.example.com`, 'invitation')),
  );
  await expectFine(page, 'invitation');
  await page.goto(`${stage.url}/console/sign-in/invitation/nonsense`);
  await expectFine(page, 'dead link');
  await page.close();
});

test('everything works by keyboard and without scripts', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${stage.url}/console/account`);
  await page.locator('[name=email]:focus').waitFor();
  await page.keyboard.type(owner.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(OPERATOR_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();

  await page.goto(`${stage.url}/console/${portal.slug}/settings/operators`);
  await page.locator('form', { hasText: 'Add operator' }).getByLabel('Name').fill('Nora New');
  await page.locator('form', { hasText: 'Add operator' }).getByLabel('E-mail address').fill('nora@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown'); // from staff to owner
  await page.keyboard.press('Enter');
  await page.getByText('a link is on its way').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();

  const referers: (string | undefined)[] = [];
  page.on('request', (request) => referers.push(request.headers().referer));
  const password = 'nine small boats sail home';
  await page.goto(stage.url + (await operatorLink(stage, 'nora@example.com', 'invitation')));
  await page.getByLabel('Choose a password').fill(password);
  await page.getByLabel('The password again').fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('You have accepted the invitation.').waitFor();
  expect(referers.length).toBeGreaterThan(3);
  for (const referer of referers) expect(referer ?? '').not.toContain('/invitation/');
  await page.getByLabel('E-mail address').fill('nora@example.com');
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/console/${portal.slug}/users`);
  await page.goto(`${stage.url}/console/${portal.slug}/settings/operators`);
  await page.getByRole('link', { name: `Remove ${owner.name}` }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByText(`${owner.name} no longer works for this portal.`).waitFor();
  await context.close();
});
