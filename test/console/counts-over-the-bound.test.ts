import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openDatabase } from '../../db/database.ts';
import { BulkAction, type Portal, PortalUser } from '../../db/entities/index.ts';
import { launchBrowser } from '../harness/browser.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { findViolations } from '../harness/find-violations.ts';
import { insertManyPortalUsers } from '../harness/many-portal-users.ts';
import { insertManyRequests } from '../harness/many-requests.ts';
import { textOf } from '../harness/open-requests.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** So that of each confirmation status there are some more than the bound, but not of valid and of expired links each. */
const ROWS = 31_500;

let stage: Stage;
let browser: Browser;
let portal: Portal;
let operatorEmail: string;
let client: ConsoleClient;
let at: string;

beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
  portal = await insertPortal(stage.db.database);
  const patient = await openDatabase(stage.db.url, { patient: true });
  await insertManyPortalUsers(patient.em.fork(), portal.id, ROWS);
  await insertManyRequests(patient.em.fork(), portal.id);
  await patient.close();
  operatorEmail = (await insertOperator(stage.db.database, portal.slug)).email;
  client = consoleClient(stage.url);
  await client.signIn(operatorEmail);
  at = `/console/${portal.slug}`;
}, 120_000);

afterAll(async () => {
  await browser.close();
  await stage.close();
});

const count = async (where: object) =>
  (await stage.db.database.em.fork().count(PortalUser, { portal, ...where })).toLocaleString('en');
const MANY = '10,000+ more than 10,000';
const read = async (path: string) => {
  const { status, html } = await client.get(at + path);
  expect(status).toBe(200);
  return textOf(html);
};

test('beside the filters stands how many there are, and "10,000+" where there are more', async () => {
  const text = await read('/users');
  const waiting = await count({ confirmationStatus: 'not_confirmed' });
  expect(text).toContain(
    `Confirmation Status All Not Confirmed ${waiting} Confirmed ${MANY} Deactivated ${MANY} Delivery`,
  );
  const bounced = await count({ delivery: 'bounced' });
  expect(text).toContain(`Bounced ${bounced} Link`);
  expect(text).toMatch(new RegExp(`All ${MANY.replace('+', '\\+')} Re-Invite`));
  expect(text).toContain(`${MANY} portal users Next`);
  expect(await read('/users?delivery=bounced')).toContain(`${bounced} portal users match Next`);
});

test('of a search that finds more, the filters show no number and hide nothing', async () => {
  const text = await read('/users?q=person');
  expect(text).toContain('Confirmation Status All Not Confirmed Confirmed Deactivated Delivery All Queued Sent');
  expect(text).toContain('Link All Valid Expired');
  expect(text).toContain(`All ${MANY} that match`);
  const filtered = await read('/users?q=person&status=confirmed');
  expect(filtered).toMatch(/All that match Re-Invite/);
  expect(filtered).not.toMatch(/portal users? match/);
  expect(await read('/users?q=person&delivery=queued')).toContain('No portal user matches');
  const found = await read('/users?q=user777%40');
  expect(found).toMatch(/All 1 that match/);
  expect(found).toContain('1 portal user matches');
});

test('a view of more than the bound that one page holds says how many', async () => {
  const em = stage.db.database.em.fork();
  const [one] = await em.find(PortalUser, { portal, delivery: 'sent' }, { limit: 1 });
  one!.delivery = 'deferred';
  await em.flush();
  expect(await read('/users?q=person&delivery=deferred')).toContain('1 portal user matches');
  one!.delivery = 'sent';
  await em.flush();
});

test('requests are counted alike', async () => {
  const text = await read('/requests');
  expect(text).toMatch(/Status All Open \d+ On Hold \d+ Closed 10,000\+ more than 10,000 Number/);
  expect(text).toContain(`${MANY} requests Next`);
  expect(await read('/requests?q=person')).toContain('Status All Open On Hold Closed Number');
  expect(await read('/requests?q=person&status=open')).not.toMatch(/requests? match/);
});

test('the question before an action on more says what is done by status, and nothing where it would do nothing', async () => {
  const ask = async (fields: Record<string, string>) => {
    const { status, html } = await client.post(`${at}/bulk-actions/question`, { everyone: '1', ...fields });
    expect(status).toBe(200);
    return textOf(html);
  };
  const all = await ask({ action: 're_invite' });
  expect(all).toContain('This is about more than 10,000 portal users.');
  const waiting = await count({ confirmationStatus: 'not_confirmed' });
  expect(all).toContain(`Not Confirmed (${waiting}): will be mailed a new link`);
  expect(all).toContain('Confirmed (more than 10,000): nothing will be done');
  expect(await ask({ action: 'deactivate', q: 'person' })).toMatch(
    /Not Confirmed : will lose their access Confirmed : /,
  );
  const none = await ask({ action: 're_invite', status: 'confirmed' });
  expect(none).toContain('Confirmed (more than 10,000): nothing will be done Nothing would be done.');
  expect(none).not.toContain('Not Confirmed (');
  expect(await ask({ action: 'reactivate', link: 'expired', delivery: 'bounced' })).toMatch(/\d are not deactivated/);
});

test('an action on more goes on without a total, and is stopped where it is', async () => {
  const { html } = await client.post(`${at}/bulk-actions/question`, { action: 'reactivate', everyone: '1' });
  const id = /name="id" value="([^"]+)"/.exec(html)![1]!;
  const { location } = await client.post(`${at}/bulk-actions`, { id, action: 'reactivate', everyone: '1' });
  const path = location!.slice(at.length);
  expect(await read(path)).toMatch(/[\d,]+ of more than 10,000 so far/);
  expect((await client.post(`${at}/bulk-actions/${id}/stop`)).status).toBe(303);
  await eventually(async () => /Stopped: [\d,]+ of more than 10,000\./.test(await read(path)), 'the end');
  const em = stage.db.database.em.fork();
  expect(await em.findOneOrFail(BulkAction, id)).toMatchObject({ total: null, isSelected: false });
  // As once every row has been put down.
  await em.nativeUpdate(BulkAction, id, { isSelected: true, stoppedAt: null });
  await em.execute(`update bulk_action_rows set outcome = 'not_deactivated' where bulk_action_id = ?`, [id]);
  expect(await read(path)).toMatch(/Finished: ([\d,]+) of \1\./);
});

test.each([
  ['light', 1280],
  ['dark', 360],
] as const)(
  'axe finds nothing on pages of many, %s, %i pixels wide, and nothing overflows',
  async (colorScheme, width) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${stage.url}/console/sign-in`);
    await page.getByLabel('E-mail address').fill(operatorEmail);
    await page.getByLabel('Password').fill(OPERATOR_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Customer Portal Users' }).waitFor();
    for (const path of ['/users', '/users?q=person&status=confirmed', '/requests']) {
      await page.goto(stage.url + at + path);
      expect([path, await findViolations(page)]).toEqual([path, []]);
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width]);
    }
    await page.goto(`${stage.url}${at}/users`);
    await page.getByRole('link', { name: 'Deactivated more than 10,000', exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'All more than 10,000', exact: true }).check();
    await page.getByRole('button', { name: 'Re-Invite' }).click();
    await page.getByRole('dialog').getByText('more than 10,000 portal users').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await context.close();
  },
);
