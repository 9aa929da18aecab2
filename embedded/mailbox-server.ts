import { once } from 'node:events';
import { MailDev } from 'maildev';
import { LOOPBACK } from './ports.ts';
import { stopRequested } from './stop-requested.ts';

/** The oldest go first: a mailbox with many thousands of mails takes long to start. */
const KEPT_MAILS = 1_000;

// A program of its own: takes SMTP_PORT, MAILBOX_PORT and MAIL_DIR, and serves until it is asked to stop.
const { SMTP_PORT, MAILBOX_PORT, MAIL_DIR } = process.env;
if (!MAIL_DIR) throw new Error('MAIL_DIR is not set');
const stopping = stopRequested();
const mailbox = new MailDev({
  smtp: Number(SMTP_PORT),
  ip: LOOPBACK,
  web: Number(MAILBOX_PORT),
  webIp: LOOPBACK,
  mailDirectory: MAIL_DIR,
  maxEmails: KEPT_MAILS,
});

try {
  await mailbox.start();
  process.send?.({ ready: true });
  if (!stopping.aborted) await once(stopping, 'abort');
  await mailbox.stop();
  process.exit(0);
} catch (error) {
  process.send?.({ failed: (error as Error).message }, () => process.exit(1));
}
