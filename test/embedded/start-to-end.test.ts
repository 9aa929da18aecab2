import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isPortBusy } from '../../embedded/ports.ts';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { freeSettings, isRunning, PROJECT_ROOT, runNode } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';

test('npm start prints a command that invites somebody, whose mail confirms, and stops everything when asked to', async () => {
  const settings = await freeSettings();
  const program = runNode([join(PROJECT_ROOT, 'embedded/bootstrap.mjs'), 'embedded/start.ts'], { env: settings });
  const invite = await eventually(() => {
    if (program.child.exitCode !== null) throw new Error(program.stderr());
    return /^ +(curl .*)$/m.exec(program.stdout())?.[1];
  }, 'the summary');

  const invited = JSON.parse(execFileSync('/bin/sh', ['-c', invite], { encoding: 'utf8' })) as { email: string };
  expect(invited.email).toBe('jane@example.com');
  const mails = await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${settings.MAILBOX_PORT}/api/email`);
    const inbox = (await response.json()) as { to: { address: string }[] }[];
    return inbox.length > 0 && inbox;
  }, 'the mail');
  expect(mails).toEqual([expect.objectContaining({ to: [expect.objectContaining({ address: 'jane@example.com' })] })]);

  await confirmFromMailbox(`http://127.0.0.1:${settings.MAILBOX_PORT}`);
  await seeInConsole(program.stdout());
  await seeOnlyUnderOwnName(settings.MAILBOX_PORT, '/api/email', 'jane@example.com');
  await seeOnlyUnderOwnName(settings.TEMPORAL_UI_PORT, '/api/v1/namespaces/default', 'namespaceInfo');
  await seeInTemporalUi(settings.TEMPORAL_UI_PORT);

  const postgres = Number(readFileSync(join(settings.DATA_DIR, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  program.child.kill('SIGTERM');
  expect(await program.ended).toBe(0);
  expect(isRunning(postgres)).toBe(false);
  for (const name of [
    'PORT',
    'POSTGRES_PORT',
    'TEMPORAL_PORT',
    'TEMPORAL_UI_PORT',
    'SMTP_PORT',
    'MAILBOX_PORT',
  ] as const)
    expect([name, await isPortBusy(Number(settings[name]))]).toEqual([name, false]);
});

/** What a page of another site would get whose name leads to this machine. */
async function seeOnlyUnderOwnName(port: string, path: string, expected: string): Promise<void> {
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'localhost']) {
    expect([host, ...(await ask(port, path, host))]).toEqual([host, 200, expect.stringContaining(expected)]);
  }
  for (const host of [`evil.example:${port}`, 'localhost.evil.example', '127.0.0.1.evil.example', 'evil@localhost']) {
    expect([host, ...(await ask(port, path, host))]).toEqual([host, 421, expect.not.stringContaining(expected)]);
    const upgraded = await ask(port, '/socket.io/?EIO=4&transport=websocket', host, {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    });
    expect([host, upgraded[0]]).toEqual([host, 421]);
  }
}

/** `fetch` would send a Host of its own. */
async function ask(
  port: string,
  path: string,
  host: string,
  more: Record<string, string> = {},
): Promise<[number, string]> {
  const asked = request({ host: '127.0.0.1', port, path, headers: { host, ...more }, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return [answer.statusCode!, await text(answer)];
}

/** The page itself, with what it asks the server for. */
async function seeInTemporalUi(port: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${port}/namespaces/default/workflows`);
    await page.getByText('invitation/').first().waitFor();
  } finally {
    await browser.close();
  }
}

/** Signs in as the summary says, and finds who has confirmed. */
async function seeInConsole(summary: string): Promise<void> {
  const [, address, email, password] = /^ +Console +(\S+)\n +sign in as (\S+), password (\S+)$/m.exec(summary) ?? [];
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(address!);
    await page.getByLabel('E-mail address').fill(email!);
    await page.getByLabel('Password').fill(password!);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Jane Doe' }).waitFor();
  } finally {
    await browser.close();
  }
}

/** What a newcomer does: opens the mailbox, the mail, its link, and chooses a password. */
async function confirmFromMailbox(mailbox: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(mailbox);
    await page.getByText('Your access to Acme Help Center').first().click();
    const link = page.frameLocator('iframe').getByRole('link', { name: 'Confirm my access' });
    const [confirmation] = await Promise.all([page.waitForEvent('popup'), link.click()]);
    await confirmation.fill('#password', PASSWORD);
    await confirmation.fill('#passwordAgain', PASSWORD);
    await confirmation.click('button');
    await confirmation.getByRole('heading', { name: 'You are confirmed' }).waitFor();
  } finally {
    await browser.close();
  }
}
