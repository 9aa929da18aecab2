/**
 * Takes the README's pictures: `npm start` in one terminal, `npm run screenshots` in another, with the same ports in
 * the environment. Invites somebody, confirms in a browser, and looks at what a newcomer would look at.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { PortalUserAnswer } from '../api/schemas/portal-user.ts';
import { readSettings } from '../embedded/settings.ts';
import { launchBrowser } from '../test/harness/browser.ts';
import { PASSWORD } from '../test/harness/confirm.ts';
import { eventually } from '../test/harness/eventually.ts';

/** The Temporal UI draws its timeline with a transition. */
const DRAWING_MS = 3_000;

const { ports, publicUrl, dataDir } = readSettings(process.env);
const { demoApiKey } = JSON.parse(readFileSync(`${dataDir}/secrets.json`, 'utf8'));
const email = `jane.doe+${Date.now()}@example.com`;

const user = await call('POST', '/users', { email, name: 'Jane Doe' });
const link = await eventually(() => linkMailedTo(email), 'the mail');
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1 });

await page.goto(link);
await page.fill('#password', PASSWORD);
await page.fill('#passwordAgain', PASSWORD);
await picture(page, 'confirm-page');
await page.click('button');
await page.waitForURL(/welcome/);

await page.goto(user.invitation.workflowUrl!);
await page.getByText('Completed').first().waitFor();
await page.waitForTimeout(DRAWING_MS);
await picture(page, 'temporal-ui');
await browser.close();

async function call(method: string, path: string, body: unknown): Promise<PortalUserAnswer> {
  const response = await fetch(`${publicUrl}/v1/portals/demo${path}`, {
    method,
    headers: { authorization: `Bearer ${demoApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
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
