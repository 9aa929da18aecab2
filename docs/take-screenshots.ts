/**
 * Takes the README's pictures: `npm start` in one terminal, `npm run screenshots` in another, with the same ports in
 * the environment. Signs in as the demo operator, invites some people, confirms in a browser, and looks at what a newcomer
 * would look at.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { readSettings } from '../embedded/settings.ts';
import type { PortalUserAnswer } from '../schemas/portal-user.ts';
import { launchBrowser } from '../test/harness/browser.ts';
import { PASSWORD } from '../test/harness/confirm.ts';
import { eventually } from '../test/harness/eventually.ts';

/** The Temporal UI draws its timeline with a transition. */
const DRAWING_MS = 3_000;
const PEOPLE = [
  'Ada Lovelace',
  'Grace Hopper',
  'José Álvarez',
  'Mei-Ling Wu',
  'Noor Haddad',
  'Olu Adeyemi',
  'Zoë Müller',
];

const { ports, publicUrl, dataDir } = readSettings(process.env);
const { demoApiKey, demoOperatorPassword } = JSON.parse(readFileSync(`${dataDir}/secrets.json`, 'utf8'));
const suffix = Date.now().toString(36);

const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 });
const others = await Promise.all(PEOPLE.map((name) => invite(name)));
const jane = await invite('Jane Doe', { note: 'Nice to have you with us, Jane!\nOlga' });
const link = await eventually(() => linkMailedTo(jane.email), 'the mail');
await call('POST', `/users/${others[2]!.id}/deactivate`);
for (const { email } of others.slice(3, 6)) await confirm(await eventually(() => linkMailedTo(email), 'the mail'));

await page.goto(link);
await page.fill('#password', PASSWORD);
await page.fill('#passwordAgain', PASSWORD);
await picture(page, 'confirm-page');

await signIn(page);
await picture(page, 'customer-portal-users');
await call('PATCH', '', { reInviteCooldownSeconds: 0 });
await page.getByRole('checkbox', { name: /^All \d+$/ }).check();
await page.getByRole('button', { name: 'Re-Invite' }).click();
await page.getByRole('dialog').getByRole('heading').waitFor();
await picture(page, 'bulk-question');
await page.keyboard.press('Escape');
await call('PATCH', '', { reInviteCooldownSeconds: 60 });

await confirm(link);
const customer = await browser.newPage({ viewport: { width: 1000, height: 760 } });
await customer.goto(`${publicUrl}/p/demo`);
await customer.fill('[name=email]', jane.email);
await customer.fill('[name=password]', PASSWORD);
await customer.getByRole('button', { name: 'Sign in' }).click();
await customer.getByRole('heading', { name: 'My requests' }).waitFor();
await customer.goto(`${publicUrl}/p/demo/requests/new`);
await customer.fill('[name=subject]', 'The printer prints upside down');
await customer.fill('[name=description]', 'Since this morning.\nTurning the paper does not help.');
await customer.getByRole('button', { name: 'Send the request' }).click();
await customer.getByText('was sent').waitFor();
await picture(customer, 'customer-portal');

await page.goto(`${publicUrl}/console/portal-user/${jane.id}`);
await picture(page, 'portal-user');

await page.goto(jane.invitation.workflowUrl!);
await page.getByText('Completed').first().waitFor();
await page.waitForTimeout(DRAWING_MS);
await picture(page, 'temporal-ui');
await browser.close();

function invite(name: string, details = {}): Promise<PortalUserAnswer> {
  const mailbox = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z]+/g, '.');
  return call('POST', '/users', { email: `${mailbox}+${suffix}@example.com`, name, ...details });
}

async function signIn(on: Page): Promise<void> {
  await on.goto(`${publicUrl}/console`);
  await on.getByLabel('E-mail address').fill('demo@example.com');
  await on.getByLabel('Password').fill(demoOperatorPassword);
  await on.getByRole('button', { name: 'Sign in' }).click();
  await on.getByRole('heading', { name: 'Customer Portal Users' }).waitFor();
}

async function confirm(confirmationLink: string): Promise<void> {
  const customer = await browser.newPage();
  await customer.goto(confirmationLink);
  await customer.fill('#password', PASSWORD);
  await customer.fill('#passwordAgain', PASSWORD);
  await customer.click('button');
  await customer.waitForURL(/welcome/);
  await customer.close();
}

async function call(method: string, path: string, body?: unknown): Promise<PortalUserAnswer> {
  const response = await fetch(`${publicUrl}/v1/portals/demo${path}`, {
    method,
    headers: { authorization: `Bearer ${demoApiKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as PortalUserAnswer;
}

async function linkMailedTo(address: string): Promise<string | undefined> {
  const response = await fetch(`http://localhost:${ports.MAILBOX_PORT}/api/email`);
  const mails = (await response.json()) as { text: string; to: { address: string }[] }[];
  const mail = mails.find(({ to }) => to.some((recipient) => recipient.address === address));
  return mail && /^http\S+\/confirm\/\S+$/m.exec(mail.text)?.[0];
}

async function picture(of: Page, name: string): Promise<void> {
  await of.screenshot({ path: fileURLToPath(new URL(`./images/${name}.png`, import.meta.url)) });
}
