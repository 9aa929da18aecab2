import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Mailer } from '../../activities/mail-server/mailer.ts';
import { invitationStartOptions, reInviteOptions } from '../../temporal/start-options.ts';
import { INVITATION_WORKFLOW } from '../../vocabulary/workflows.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import type { invitation } from '../../workflows/invitation.ts';
import { eventually } from '../harness/eventually.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { startTestWorker } from '../harness/test-worker.ts';
import { type Engine, homeOf, invite, PUBLIC_URL, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
let mailer: Mailer;
beforeAll(async () => {
  engine = await startEngine();
  mailer = engine.worker.dependencies.mailer;
});
afterEach(() => {
  engine.worker.dependencies.mailer = mailer;
  engine.sink.mood = null;
});
afterAll(() => engine.close());

/** Holds the next e-mail at the mail server's door until `release`, which lets it through or turns it away. */
function holdNextEmail() {
  const release = Promise.withResolvers<'let through' | 'turn away'>();
  const arrived = Promise.withResolvers<void>();
  engine.worker.dependencies.mailer = {
    ...mailer,
    async send(message, portalId, signal) {
      engine.worker.dependencies.mailer = mailer;
      arrived.resolve();
      if ((await release.promise) === 'let through') return mailer.send(message, portalId, signal);
      return { kind: 'deferred', reply: '451 Later', code: '451' };
    },
  };
  return { arrived: arrived.promise, release: release.resolve };
}

test('a re-invite while an e-mail is being refused for now mails the newest link', async () => {
  const held = holdNextEmail();
  const { handle, row, delivered, mails } = await invite(engine);
  await held.arrived;
  await handle.signal(reInviteSignal);
  held.release('turn away');
  await delivered();

  expect(await row()).toMatchObject({ generation: 2, delivery: 'sent' });
  expect(mails()).toHaveLength(1);
  await handle.signal(confirmSignal, { generation: 2 });
  expect(await handle.result()).toBe('confirmed');
});

test('a reminder is tried only as long as its link is good, and then the link’s end is recorded', async () => {
  const { handle, row, event, events, delivered } = await invite(engine, {
    linkValiditySeconds: 4,
    remindersAfterSeconds: [1],
  });
  await delivered();
  engine.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  await event('invitation_link_expired');

  expect(await events()).toEqual([
    ...['invitation_sent', 'invitation_deferred', 'invitation_bounced', 'invitation_link_expired'],
  ]);
  expect(await row()).toMatchObject({ nextReminderAt: null, emailsSent: 1 });
  engine.sink.mood = null;
  await handle.signal(reInviteSignal);
  await delivered(2);
  await handle.terminate();
});

test('confirming while a reminder is on its way leaves no further reminder behind', async () => {
  const { handle, row, delivered } = await invite(engine, {
    linkValiditySeconds: 600,
    remindersAfterSeconds: [1, 300],
  });
  await delivered();
  const held = holdNextEmail();
  await held.arrived;
  await handle.signal(confirmSignal);
  expect(await handle.result()).toBe('confirmed');
  held.release('let through');
  await delivered(2);
  expect(await row()).toMatchObject({ confirmationStatus: 'confirmed', nextReminderAt: null });
});

test('a workflow catches up with a row that is generations ahead', async () => {
  const { handle, id, row, delivered, mails } = await invite(engine);
  await delivered();
  await engine.db.database.em.fork().execute('update portal_users set generation = 3 where id = ?', [id]);
  await handle.signal(reInviteSignal, { supersedes: 2 });
  await delivered(2);
  expect(await row()).toMatchObject({ generation: 3 });
  expect(mails()).toHaveLength(2);
  await handle.terminate();
});

test('a run that a signal started with an older link than the row has follows the row: its newest link confirms', async () => {
  const { handle, id, row, events, delivered } = await invite(engine);
  await delivered();
  for (const supersedes of [1, 2]) {
    await handle.signal(reInviteSignal, { supersedes });
    await delivered(supersedes + 1);
  }
  await handle.terminate();
  const { client } = engine.worker;
  const portalId = (await row()).portal.id;
  const stale = reInviteOptions(homeOf(engine.worker), { portalUserId: id, portalId, generation: 1 }, 'temporal');
  const again = await client.workflow.signalWithStart(INVITATION_WORKFLOW, stale);
  await eventually(
    async () => (await again.fetchHistory()).events!.some((event) => event.activityTaskCompletedEventAttributes),
    'the answer that the link is older than the row',
  );
  await again.signal(confirmSignal, { generation: 3 });
  expect(await again.result()).toBe('confirmed');
  expect(await row()).toMatchObject({ confirmationStatus: 'confirmed', generation: 3, emailsSent: 3 });
  expect(await events()).not.toContain('signal_ignored');
});

test('a confirmation by a link that a correction of the address has just replaced confirms nobody', async () => {
  const { handle, id, row, delivered } = await invite(engine);
  await delivered();
  await engine.db.database.em.fork().execute('update portal_users set generation = 2 where id = ?', [id]);
  await handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  expect(await handle.result()).toBe('not_confirmed');
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed', confirmedAt: null });
});

test('signals that arrive before the first workflow task are taken in their order', async () => {
  const taskQueue = `late-${engine.worker.taskQueue}`;
  const portal = await insertPortal(engine.db.database);
  const user = await insertPortalUser(engine.db.database, portal);
  const handle = await engine.worker.client.workflow.start<typeof invitation>(
    INVITATION_WORKFLOW,
    invitationStartOptions(
      { ...homeOf(engine.worker), taskQueue },
      { portalUserId: user.id, portalId: portal.id, generation: 1 },
    ),
  );
  await handle.signal(deactivateSignal);
  await handle.signal(confirmSignal);
  const { database } = engine.db;
  const late = await startTestWorker({ database, smtpUrl: engine.sink.url, publicUrl: PUBLIC_URL, taskQueue });
  expect(await handle.result()).toBe('deactivated');
  await late.stop();
});

test('a run that a re-invite starts mails only the new link', async () => {
  const portal = await insertPortal(engine.db.database);
  const user = await insertPortalUser(engine.db.database, portal);
  const handle = await engine.worker.client.workflow.signalWithStart<typeof invitation, [{ supersedes: number }]>(
    INVITATION_WORKFLOW,
    {
      ...invitationStartOptions(homeOf(engine.worker), {
        portalUserId: user.id,
        portalId: portal.id,
        generation: 1,
      }),
      signal: 'reInvite',
      signalArgs: [{ supersedes: 1 }],
    },
  );
  const { email } = user.contact.getEntity();
  await engine.sink.mailTo(email);
  await handle.signal(confirmSignal, { generation: 2 });
  expect(await handle.result()).toBe('confirmed');
  await eventually(() => engine.sink.mails.some(({ recipients }) => recipients.includes(email)), 'the mail');
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});
