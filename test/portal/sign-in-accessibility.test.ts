import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { findViolations } from '../harness/find-violations.ts';
import { expireLink, invite } from '../harness/invite.ts';
import { readPortalUser } from '../harness/rows.ts';
import { confirmed } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
let slug: string;
let email: string;
let confirmedLink: string;
let paths: Record<string, string>;

beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  const portal = await stage.openPortal({ color: '#ffd400' });
  slug = portal.slug;
  const user = await confirmed(stage, portal.api, { name: `Bartholomäus ${'W'.repeat(60)}` });
  ({ email, link: confirmedLink } = user);
  const row = await readPortalUser(stage.db.database, user.id);
  const token = passwordResetToken(stage.services.linkKeys, row, new Date(Date.now() + 3_600_000));
  const ownSite = await stage.openPortal({ hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] });
  const [waiting, late] = [await invite(stage, ownSite.api), await invite(stage, portal.api)];
  await expireLink(stage, late.id);
  paths = {
    'forgotten password': `/p/${slug}/forgotten-password`,
    'after asking': `/p/${slug}/forgotten-password?sent=1`,
    'new password': `/p/${slug}/reset/${token}`,
    'dead link': `/p/${slug}/reset/nonsense`,
    'after a new password': `/p/${slug}/sign-in?done=password`,
    welcome: `/p/${slug}/welcome?language=de`,
    "welcome after another person's session": `/p/${slug}/welcome?language=de&other=ended`,
    'confirmed already': new URL(confirmedLink).pathname,
    'expired link': new URL(late.link).pathname,
    'sign-in at a site of its own': `/p/${ownSite.slug}/sign-in`,
    'confirming at a site of its own': new URL(waiting.link).pathname,
  };
}, 120_000);

afterAll(async () => {
  await browser.close();
  await stage.close();
});

const SCHEMES = [
  ['light', 'en'],
  ['dark', 'de-DE'],
] as const;

async function open(colorScheme: 'light' | 'dark', locale: string) {
  const context = await browser.newContext({ colorScheme, locale, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const check = async (what: string) => {
    expect([what, await findViolations(page)]).toEqual([what, []]);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect([what, Number(width) <= 360]).toEqual([what, true]);
  };
  return { page, check };
}

test.each(SCHEMES)(
  'axe finds nothing on the pages around signing in, 360 px wide, in the %s scheme',
  async (scheme, locale) => {
    const { page, check } = await open(scheme, locale);
    for (const [what, path] of Object.entries(paths)) {
      await page.goto(stage.url + path);
      await check(what);
    }
  },
  120_000,
);

test.each(SCHEMES)(
  'nor on the forms and on what they say when refused, in the %s scheme',
  async (scheme, locale) => {
    const { page, check } = await open(scheme, locale);
    const submit = () => page.locator('main form button').first().click();
    await page.goto(stage.url + paths['expired link']);
    await page.locator('#email').fill('somebody.else@example.com');
    await submit();
    await page.locator('#refused').waitFor();
    await check('another address than the invited one');
    await page.goto(`${stage.url}/p/${slug}/account`);
    await check('sign-in');
    await page.locator('#email').fill(email);
    await page.locator('#password').fill('not the password at all');
    await submit();
    await page.locator('#refused').waitFor();
    await check('refused sign-in');
    await page.locator('#password').fill(PASSWORD);
    await submit();
    await page.waitForURL(`${stage.url}/p/${slug}/account`);
    await check('account');
    await page.goto(`${stage.url}/p/${slug}/sign-in`);
    await check('sign-in page of a signed-in portal user');
    await page.goto(`${stage.url}/p/${slug}/account`);
    await page.locator('#currentPassword').fill('not the current password');
    await page.locator('#password').fill('nine quiet owls read slowly');
    await page.locator('#passwordAgain').fill('nine quiet owls read slowly');
    await submit();
    await page.locator('#current-error').waitFor();
    await check('wrong current password');
    await page.locator('#currentPassword').fill(PASSWORD);
    await page.locator('#password').fill('nine quiet owls read slowly');
    await page.locator('#passwordAgain').fill('another good new password');
    await submit();
    await page.locator('#refused').waitFor();
    await check('refused password');
    await page.context().clearCookies();
    await submit();
    await check('ended session');
  },
  120_000,
);

test('the whole way works by keyboard alone', async () => {
  const { page } = await open('light', 'en');
  await page.goto(`${stage.url}/p/${slug}/account`);
  await page.waitForFunction("document.activeElement.name === 'email'");
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your account' }).waitFor();
});
