import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Portal } from '../../db/entities/index.ts';
import type { invitation } from '../../workflows/invitation.ts';
import { confirmSignal } from '../../workflows/signals.ts';
import { invitationStartOptions } from '../../workflows/start-options.ts';
import { INVITATION_WORKFLOW } from '../../workflows/vocabulary.ts';
import { eventually } from '../harness/eventually.ts';
import { type MailSink, startMailSink } from '../harness/mail-sink.ts';
import { eventTypes, insertPortal, insertPortalUser, readPortalUser } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';
import { silenceTemporal, startTestWorker, type TestWorker } from '../harness/test-worker.ts';

let db: TestDatabase;
let sink: MailSink;
let worker: TestWorker;

beforeAll(async () => {
  silenceTemporal();
  [db, sink] = await Promise.all([createTestDatabase(), startMailSink()]);
  worker = await startTestWorker(db.database, sink.url, 'http://portal.example');
});

afterAll(async () => {
  await worker.stop();
  await sink.close();
  await db.drop();
});

/** A started invitation with its parts at hand. */
async function invite(policy: Partial<Portal> = {}) {
  const portal = await insertPortal(db.database, policy);
  const user = await insertPortalUser(db.database, portal);
  const handle = await worker.client.workflow.start<typeof invitation>(
    INVITATION_WORKFLOW,
    invitationStartOptions(worker.taskQueue, { portalUserId: user.id, portalId: portal.id, generation: 1 }),
  );
  return {
    handle,
    id: user.id,
    row: () => readPortalUser(db.database, user.id),
    events: () => eventTypes(db.database, user.id),
    mail: (n?: number) => sink.mailTo(user.contact.getEntity().email, n),
    delivered: (emailsSent = 1) =>
      eventually(async () => (await readPortalUser(db.database, user.id)).emailsSent === emailsSent, 'the delivery'),
  };
}

test('an invitation mails the link, waits, and ends with its confirmation', async () => {
  const { handle, mail, row, events, delivered } = await invite();
  const { link } = await mail();
  expect(link).toMatch(/^http:\/\/portal\.example\/confirm\/[\w-]{71}$/);
  await delivered();
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed', delivery: 'sent', generation: 1 });

  await handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });

  expect(await handle.result()).toBe('confirmed');
  expect(await row()).toMatchObject({ confirmationStatus: 'confirmed', confirmedAt: expect.any(Date) });
  expect(await events()).toEqual(['invitation_sent', 'portal_user_confirmed']);
});

test('start, send, confirm and complete cost at most 18 events and 3 workflow tasks', async () => {
  const { handle, delivered } = await invite();
  await delivered();
  await handle.signal(confirmSignal);
  await handle.result();

  const { events } = await handle.fetchHistory();
  const tasks = events!.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  expect(events!.length).toBeLessThanOrEqual(18);
  expect(tasks.length).toBeLessThanOrEqual(3);
});
