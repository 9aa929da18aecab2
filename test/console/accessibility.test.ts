import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { findViolations } from '../harness/find-violations.ts';
import { expireLink, invite } from '../harness/invite.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { insertOperator, OPERATOR_PASSWORD, readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
let slug: string;
let operatorEmail: string;
let userId: string;
let contactId: string;
let pages: Record<string, string>;

beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  const portal = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const { api } = portal;
  slug = portal.slug;
  operatorEmail = (await insertOperator(stage.db.database, slug)).email;
  const [waiting, confirmed, gone] = await Promise.all([
    invite(stage, api, { note: 'Welcome!\nOlga' }),
    invite(stage, api),
    invite(stage, api),
  ]);
  await expireLink(stage, waiting.id);
  await submitPassword(confirmed.link);
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  stage.sink.mood = { code: 550, text: 'No such user here', at: 'RCPT' };
  const { body } = await api.post('/users', { email: 'gone@example.com', name: 'Gone' }).expecting(201);
  await eventually(
    async () => (await api.get(`/users/${body.id}`)).body.invitation.delivery === 'bounced',
    'the bounce',
  );
  stage.sink.mood = null;
  userId = waiting.id;
  contactId = (await api.post('/contacts', { email: 'c@example.com', name: 'Carla' }).expecting(201)).body.id;
  const em = stage.db.database.em.fork();
  const [email] = await em.execute<{ id: string }[]>('select id from invitation_emails where portal_user_id = ?', [
    userId,
  ]);
  const asker = await readPortalUser(stage.db.database, confirmed.id);
  const request = await insertRequest(stage.db.database, asker, { subject: `${'n'.repeat(150)} burns` });
  const desk = helpDesk(stage.services);
  await desk.reply(request, 'Use water.', { status: 'on_hold' });
  await eventually(async () => (await desk.emails(request))[0]!.delivery === 'sent', 'the e-mail about the reply');
  const at = `/console/${slug}`;
  pages = {
    list: `${at}/users`,
    'list of nobody': `${at}/users?q=nobody`,
    'portal user': `${at}/users/${userId}`,
    'confirmed portal user': `${at}/users/${confirmed.id}`,
    'question before deactivating': `${at}/users/${userId}/deactivate`,
    'e-mail': `${at}/users/${userId}/emails/${email!.id}`,
    'Add Portal User': `${at}/users/new`,
    requests: `${at}/requests`,
    'requests of one portal user': `${at}/requests?user=${asker.id}`,
    'no requests': `${at}/requests?q=nobody`,
    'a request': `${at}/requests/${request.id}`,
    contacts: `${at}/contacts`,
    'a contact': `${at}/contacts/${contactId}`,
    'new contact': `${at}/contacts/new`,
    settings: `${at}/settings`,
    'settings of e-mails': `${at}/settings/emails`,
    'API keys': `${at}/settings/api-keys`,
    Activity: `${at}/settings/activity`,
    operators: `${at}/settings/operators`,
    account: '/console/account',
    'sign-in page of a signed-in operator': '/console/sign-in',
    'no such page': `${at}/users/${randomUUID()}`,
  };
}, 120_000);

afterAll(async () => {
  await browser.close();
  await stage.close();
});

async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${stage.url}/console/sign-in`);
  expect(await findViolations(page)).toEqual([]);
  await page.getByLabel('E-mail address').fill(operatorEmail);
  await page.getByLabel('Password').fill(OPERATOR_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Customer Portal Users' }).waitFor();
  return page;
}

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
  ['dark', 360],
] as const)(
  'axe finds nothing on any page of the console, %s, %i pixels wide, and nothing overflows',
  async (scheme, width) => {
    const page = await open(scheme, width);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(stage.url + path);
      expect([name, await findViolations(page)]).toEqual([name, []]);
      expect([name, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([name, width]);
    }

    await page.goto(stage.url + pages.list!);
    await page.getByLabel(/All 4/).check();
    await page.getByRole('button', { name: 'Reactivate' }).click();
    await page.getByRole('dialog').getByText('will be mailed a new invitation').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Re-Invite' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Re-Invite' }).click();
    await page.getByText('Finished: 4 of 4').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await page.context().close();
  },
  120_000,
);
