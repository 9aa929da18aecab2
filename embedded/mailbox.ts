import { mkdirSync } from 'node:fs';
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
