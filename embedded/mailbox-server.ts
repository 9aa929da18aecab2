/** A program: takes SMTP_PORT, MAILBOX_PORT and MAIL_DIR, and serves until it is asked to stop. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createAPIServer } from '@maildev/api';
import { registerUI } from '@maildev/ui/server';
import { MailDev } from 'maildev';
import { answerOwnHostOnly } from './host-gate.ts';
import { copyMailboxPage } from './mailbox.ts';
import { LOOPBACK } from './ports.ts';
import { stopRequested } from './script.ts';

/** The oldest go first: a mailbox with many thousands of mails takes long to start. */
const KEPT_MAILS = 1_000;

const { SMTP_PORT, MAILBOX_PORT, MAIL_DIR } = process.env;
if (!MAIL_DIR) throw new Error('MAIL_DIR is not set');
const stopping = stopRequested();
const mailbox = new MailDev({
  smtp: Number(SMTP_PORT),
  ip: LOOPBACK,
  disableWeb: true, // served below, with a page whose links open
  mailDirectory: MAIL_DIR,
  maxEmails: KEPT_MAILS,
});

try {
  const { storage, smtp } = await mailbox.start();
  const cors = { origin: false }; // what is mailed is no other site's business
  const web = createAPIServer({ port: Number(MAILBOX_PORT), host: LOOPBACK, basePath: '', storage, smtp, cors });
  const distPath = join(MAIL_DIR, '..', 'mailbox-page');
  await copyMailboxPage(distPath);
  await web.registerPlugins();
  await registerUI(web.server, { distPath });
  answerOwnHostOnly(web.server.server); // its WebSocket, too
  await web.listen();
  process.send?.({ ready: true });
  if (!stopping.aborted) await once(stopping, 'abort');
  await web.stop();
  await mailbox.stop();
  process.exit(0);
} catch (error) {
  process.send?.({ failed: (error as Error).message }, () => process.exit(1));
}
