import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { PortalRequest } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { invite } from '../harness/invite.ts';
import { addRequestAs, confirmedUser, sendForm } from '../harness/open-portal.ts';
import { readPortalUser } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const ENDED = 'You were signed in as another person in this browser. That session was ended.';
const NEW_PASSWORD = 'nine quiet owls read slowly';

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

async function resetLink(id: string): Promise<string> {
  const row = await readPortalUser(stage.db.database, id);
  return `/p/${slug}/reset/${passwordResetToken(stage.services.linkKeys, row, new Date(Date.now() + 3_600_000))}`;
}

async function fillInSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A real browser in which a portal user is signed in. */
async function browserOf(email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${stage.url}/p/${slug}`);
  await fillInSignIn(page, email, PASSWORD);
  await page.getByRole('heading', { name: 'My requests' }).waitFor();
  return page;
}

const LINKS = [
  [
    'confirms',
    async () => {
      const { email, link, id } = await invite(stage, api);
      return { email, link, id, button: 'Confirm my access', field: 'Password' };
    },
  ],
  [
    'resets their password',
    async () => {
      const { email, id } = await confirmed(stage, api);
      return {
        email,
        link: stage.url + (await resetLink(id)),
        id,
        button: 'Change my password',
        field: 'New password',
      };
    },
  ],
] as const;

test.each(LINKS)(
  'a portal user who %s in another person’s browser gets into their own account, and so does their request',
  async (_title, makeLink) => {
    const first = await confirmed(stage, api, { name: 'First Person' });
    const page = await browserOf(first.email);
    const { email, link, id, button, field } = await makeLink();

    await page.goto(link);
    await page.goto(`${stage.url}/p/${slug}/account`);
    await page.getByText(first.email).waitFor(); // opening the link ended nothing

    await page.goto(link);
    await page.getByLabel(field, { exact: true }).fill(NEW_PASSWORD);
    await page.locator('#passwordAgain').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: button }).click();
    await page.getByText(ENDED).waitFor();

    await page.goto(`${stage.url}/p/${slug}/sign-in`);
    await fillInSignIn(page, email, NEW_PASSWORD);
    await page.goto(`${stage.url}/p/${slug}/requests/new`);
    await page.getByLabel('Subject').fill('Whose is this?');
    await page.getByLabel('What can we do for you?').fill('Mine');
    await page.getByRole('button', { name: 'Send the request' }).click();
    await page.getByText('was sent.').waitFor();
    const stored = await stage.db.database.em.fork().findOneOrFail(PortalRequest, { portalUser: [id, first.id] });
    expect(stored.portalUser.id).toBe(id);
    await page.context().close();
  },
  60_000,
);

test('the sign-in page says who is signed in, in their language, and offers to go on or to sign out', async () => {
  const { email } = await confirmed(stage, api, { locale: 'de' });
  const { client } = await signedInBrowser(stage, slug, email);
  const { status, html } = await client.get(`/p/${slug}/sign-in?next=/p/${slug}/account`);
  expect(status).toBe(200);
  expect(html).toContain(`In diesem Browser sind Sie angemeldet als <strong class="typed">${email}</strong>`);
  expect(html).toContain(`href="/p/${slug}/account">Weiter</a>`);
  expect(html).not.toContain('type="password"');
  await client.post(`/p/${slug}/sign-out`);
  expect((await client.get(`/p/${slug}/sign-in`)).html).toContain('type="password"');
});

test('a refused form of a link ends no session, and where nobody is signed in the page speaks of none', async () => {
  const first = await signedInBrowser(stage, slug, (await confirmed(stage, api)).email);
  const waiting = await invite(stage, api);
  const refused = { password: 'short', passwordAgain: 'short' };
  const path = new URL(waiting.link).pathname;
  expect((await first.client.post(path, refused)).status).toBe(422);
  expect((await first.client.post(await resetLink((await confirmed(stage, api)).id), refused)).status).toBe(422);
  expect((await first.client.post('/confirm/nonsense', { password: PASSWORD, passwordAgain: PASSWORD })).status).toBe(
    404,
  );
  expect(await first.opens()).toBe(true);

  const alone = consoleClient(stage.url);
  const { status, location } = await alone.post(path, { password: PASSWORD, passwordAgain: PASSWORD });
  expect([status, location]).toEqual([303, `/p/${slug}/welcome?language=en`]);
});

test('what the page has to say to a signed-in person is not shown on another person’s link', async () => {
  const first = await confirmedUser(stage, slug, api);
  await addRequestAs({ path: `/p/${slug}`, send: first.send });
  const link = await resetLink((await confirmed(stage, api)).id);
  expect((await first.client.get(link)).html).not.toContain('was sent.');
  expect((await first.client.get(`/p/${slug}`)).html).toContain('was sent.');
});

test('what one person typed before their session ended is not offered to the next one who signs in', async () => {
  const [first, second] = [await confirmedUser(stage, slug, api), await confirmed(stage, api)];
  const path = `/p/${slug}/requests/new`;
  const { html } = await first.client.get(path);
  const writer = /name="writer" value="([^"]+)"/.exec(html)![1]!;
  await first.client.post(`/p/${slug}/sign-out`);
  const typed = { subject: 'Private', description: 'For the help desk only', writer };
  const asked = await sendForm(stage, first.client, path, typed, [], { referer: stage.url + path });
  const hidden = [...asked.html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  const fields = Object.fromEntries(hidden.map(([, name, value]) => [name!, value!]));
  expect(fields).toMatchObject({ 'draft.subject': 'Private', 'draft.writer': writer });

  const mine = consoleClient(stage.url);
  expect((await signInFrom(mine, slug, first.email, PASSWORD, fields)).location).toBe(path);
  expect((await mine.get(path)).html).toContain('For the help desk only');
  const theirs = consoleClient(stage.url);
  expect((await signInFrom(theirs, slug, second.email, PASSWORD, fields)).location).toBe(path);
  expect((await theirs.get(path)).html).not.toContain('For the help desk only');
});

test('a form that one person opened is not sent as the next one who signed in in another tab', async () => {
  const [first, second] = [await confirmedUser(stage, slug, api), await confirmed(stage, api)];
  const path = `/p/${slug}/requests/new`;
  const writer = /name="writer" value="([^"]+)"/.exec((await first.client.get(path)).html)![1]!;
  await signInFrom(first.client, slug, second.email);
  const { status, html } = await first.send(path, { subject: 'Private', description: 'My own words', writer });
  expect([status, html.includes('Another person was signed in when this form was opened')]).toEqual([409, true]);
  expect(html).not.toContain('My own words');
  expect(await stage.db.database.em.fork().count(PortalRequest, { portalUser: [first.id, second.id] })).toBe(0);
});
