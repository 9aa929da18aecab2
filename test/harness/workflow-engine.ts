import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { invitationStartOptions } from '../../temporal/start-options.ts';
import { INVITATION_WORKFLOW } from '../../vocabulary/workflows.ts';
import type { invitation } from '../../workflows/invitation.ts';
import { eventually } from './eventually.ts';
import { type MailSink, type SunkMail, startMailSink } from './mail-sink.ts';
import { eventTypes, insertPortal, insertPortalUser, readPortalUser } from './rows.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { silenceTemporal, startTestWorker, type TestWorker } from './test-worker.ts';

export const PUBLIC_URL = 'http://portal.example';

/** A worker with its database and mail server, without the API. */
export interface Engine {
  db: TestDatabase;
  sink: MailSink;
  worker: TestWorker;
  close(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  silenceTemporal();
  const [db, sink] = await Promise.all([createTestDatabase(), startMailSink()]);
  const worker = await startTestWorker({ database: db.database, smtpUrl: sink.url, publicUrl: PUBLIC_URL });
  return {
    db,
    sink,
    worker,
    async close() {
      await worker.stop();
      await sink.close();
      await db.drop();
    },
  };
}

/** A running invitation with its parts at hand. */
export interface Invited {
  handle: WorkflowHandle<typeof invitation>;
  id: string;
  email: string;
  row(): Promise<PortalUser>;
  /** Types of the user's events, oldest first. */
  events(): Promise<string[]>;
  /** As soon as there is one of this type. */
  event(type: string): Promise<unknown>;
  /** The n-th e-mail, the first is 1. */
  mail(n?: number): Promise<SunkMail>;
  mails(): SunkMail[];
  /** As soon as that many e-mails are recorded as accepted. */
  delivered(emailsSent?: number): Promise<unknown>;
}

/** Where a worker's invitations run. */
export function homeOf({ taskQueue, dependencies: { publicUrl } }: TestWorker) {
  return { taskQueue, publicUrl };
}

/** Starts an invitation; `policy` may be shorter than the API allows. */
export async function invite({ db, sink, worker }: Engine, policy: Partial<Portal> = {}): Promise<Invited> {
  const portal = await insertPortal(db.database, policy);
  const user = await insertPortalUser(db.database, portal);
  const { email } = user.contact.getEntity();
  const handle = await worker.client.workflow.start<typeof invitation>(
    INVITATION_WORKFLOW,
    invitationStartOptions(homeOf(worker), { portalUserId: user.id, portalId: portal.id, generation: 1 }),
  );
  const row = () => readPortalUser(db.database, user.id);
  const events = () => eventTypes(db.database, user.id);
  return {
    handle,
    id: user.id,
    email,
    row,
    events,
    event: (type) => eventually(async () => (await events()).includes(type), `the event ${type}`),
    mail: (n) => sink.mailTo(email, n),
    mails: () => sink.mails.filter(({ recipients }) => recipients.includes(email)),
    delivered: (emailsSent = 1) => eventually(async () => (await row()).emailsSent === emailsSent, 'the delivery'),
  };
}

/** The same with a worker of its own, which has sent the e-mail and is away since, until `back`. */
export async function inviteAndLeave(engine: Engine): Promise<Invited & { back(): Promise<TestWorker> }> {
  const options = { database: engine.db.database, smtpUrl: engine.sink.url, publicUrl: PUBLIC_URL };
  const first = await startTestWorker({ ...options, taskQueue: `away-${randomUUID()}` });
  const { client } = engine.worker; // the first worker's is closed with it
  const invited = await invite({ ...engine, worker: { ...first, client } });
  await invited.delivered();
  await first.stop();
  return { ...invited, back: () => startTestWorker({ ...options, taskQueue: first.taskQueue }) };
}

/** Writes the history beside the tests when RECORD_HISTORIES is set: those are replayed by every later version. */
export async function keepHistory(
  name: string,
  { handle }: { handle: Pick<WorkflowHandle, 'fetchHistory'> },
): Promise<void> {
  if (process.env.RECORD_HISTORIES === undefined) return;
  const here = `${process.cwd()}/`; // in stack traces
  const history = historyToJSON(await handle.fetchHistory())
    .replaceAll(here, '')
    .replaceAll(hostname(), 'host');
  writeFileSync(new URL(`../workflows/histories/${name}.json`, import.meta.url), `${history}\n`);
}
