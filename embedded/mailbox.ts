import { mkdirSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LOOPBACK } from './ports.ts';
import { startScript } from './script.ts';
import type { SupervisedProcess } from './supervised-process.ts';

export interface MailboxOptions {
  smtpPort: number;
  webPort: number;
  /** Mails are kept here. */
  mailDir: string;
  logFile: string;
  onEvent?: ((line: string) => void) | undefined;
  /** Gives up while starting. */
  signal?: AbortSignal | undefined;
}

export interface RunningMailbox extends SupervisedProcess {
  smtpUrl: string;
  webUrl: string;
}

/** It has nothing to finish but the mails that are arriving. */
const STOP_LIMIT_MS = 2_000;

/**
 * Starts the mailbox, which takes every mail for everybody and shows it in the browser, on the loopback interface, and keeps
 * it running until `stop`. It stops by itself when this process ends. Throws a one-line Error when it cannot start.
 */
export async function startMailbox({ smtpPort, webPort, mailDir, ...rest }: MailboxOptions): Promise<RunningMailbox> {
  mkdirSync(mailDir, { recursive: true, mode: 0o700 }); // other people's mail, and links that open doors
  const server = await startScript({
    ...rest,
    name: 'mailbox',
    path: 'embedded/mailbox-server.ts',
    env: { ...process.env, SMTP_PORT: String(smtpPort), MAILBOX_PORT: String(webPort), MAIL_DIR: mailDir },
    stopLimitMs: STOP_LIMIT_MS,
  });
  return { smtpUrl: `smtp://${LOOPBACK}:${smtpPort}`, webUrl: `http://localhost:${webPort}`, stop: server.stop };
}

const MAILDEV_PAGE = fileURLToPath(new URL('../dist', import.meta.resolve('@maildev/ui/server')));
/** How MailDev 3.0 frames a mail: a link in it can be opened neither there nor in a tab of its own. */
const FRAME = 'sandbox:"allow-same-origin"';
const FRAME_WITH_LINKS = 'sandbox:"allow-same-origin allow-popups allow-popups-to-escape-sandbox"';

/**
 * Copies MailDev's page to `folder`, changed so that the links of a mail open in a new tab. Safe to repeat.
 *
 * @throws Error where the page of the installed MailDev does not have the text that is changed
 */
export async function copyMailboxPage(folder: string, original = MAILDEV_PAGE): Promise<void> {
  await cp(original, folder, { recursive: true });
  const assets = join(folder, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js')).map((name) => join(assets, name));
  let changed = 0;
  for (const path of scripts) {
    const text = await readFile(path, 'utf8');
    if (!text.includes(FRAME)) continue;
    await writeFile(path, text.replaceAll(FRAME, FRAME_WITH_LINKS));
    changed += 1;
  }
  if (changed === 0) {
    const advice = `Install the version that package.json names, or adapt embedded/mailbox.ts to this one`;
    throw new Error(
      `The page of this version of MailDev does not contain '${FRAME}', so links in mails would not open. ${advice}.`,
    );
  }
}
