import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => {
  stage.sink.mood = null;
});
afterAll(() => stage.close());

/** A portal user whose workflow somebody has terminated by hand. */
async function orphan(email: string) {
  const { api } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const { id, invitation } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  const { link } = await stage.sink.mailTo(email);
  const user = async () => (await api.get(`/users/${id}`)).body;
  await eventually(async () => (await user()).invitation.emailsSent === 1, 'the delivery');
  await stage.worker.client.workflow.getHandle(invitation.workflowId).terminate('by hand');
  return { api, id, link, user };
}

test('a link still confirms when its workflow was terminated by hand, and mails nothing', async () => {
  const { link, user } = await orphan('confirms@example.com');
  expect((await submitPassword(link)).status).toBe(303);
  expect(await user()).toMatchObject({ confirmationStatus: 'confirmed', invitation: { emailsSent: 1 } });
});

test('re-invite still mails a new link when the workflow was terminated by hand', async () => {
  const { api, id, link } = await orphan('again@example.com');
  await api.post(`/users/${id}/re-invite`).expecting(202);
  const newLink = (await stage.sink.mailTo('again@example.com', 2)).link;
  expect((await fetch(link)).status).toBe(410);
  expect((await submitPassword(newLink)).status).toBe(303);
});

test('deactivate still takes access away when the workflow was terminated by hand', async () => {
  const { api, id, link, user } = await orphan('gone@example.com');
  await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(await user()).toMatchObject({ confirmationStatus: 'deactivated' });
  expect((await fetch(link)).status).toBe(410);
});

/** Moves a portal user's times back, as if an hour had passed. */
async function anHourLater(id: string, columns: string[]): Promise<void> {
  const changes = columns.map((column) => `${column} = ${column} - interval '1 hour'`);
  await stage.db.database.em.fork().execute(`update portal_users set ${changes} where id = ?`, [id]);
}

async function keepHouse(): Promise<void> {
  const { client, taskQueue } = stage.worker;
  const options = { taskQueue, workflowId: `housekeeping/${randomUUID()}`, args: [] };
  await client.workflow.execute('housekeeping', options);
}

const mailsTo = (email: string) => stage.sink.mails.filter(({ recipients }) => recipients.includes(email));

test('an e-mail that was put off is sent although its workflow was terminated by hand, once', async () => {
  stage.sink.mood = { code: 451, text: 'Later', at: 'RCPT' };
  const { api } = await stage.openPortal();
  const { id, invitation } = (await api.post('/users', { email: 'late@example.com', name: 'Late' }).expecting(201))
    .body;
  const user = async () => (await api.get(`/users/${id}`)).body.invitation ?? {};
  await eventually(async () => (await user()).delivery === 'deferred', 'the deferral');
  await stage.worker.client.workflow.getHandle(invitation.workflowId).terminate('by hand');
  stage.sink.mood = null;
  await anHourLater(id, ['due_at']);
  await keepHouse();
  await eventually(async () => (await user()).emailsSent === 1, 'the delivery');
  await keepHouse();
  expect(mailsTo('late@example.com')).toHaveLength(1);
});

test('a reminder is sent although its workflow was terminated by hand, and the first e-mail is not repeated', async () => {
  const { id, user, link } = await orphan('reminded@example.com');
  await stage.db.database.em.fork().execute("update portals set reminders_after_seconds = '[1800]'");
  await stage.db.database.em
    .fork()
    .execute("update invitation_emails set answered_at = answered_at - interval '1 hour' where portal_user_id = ?", [
      id,
    ]);
  await stage.db.database.em
    .fork()
    .execute("update portal_users set due_at = now() + interval '30 minutes' where id = ?", [id]);
  await anHourLater(id, ['due_at', 'link_expires_at']);
  await keepHouse();
  const reminder = await stage.sink.mailTo('reminded@example.com', 2);
  expect(reminder.link).toBe(link);
  await eventually(async () => (await user()).invitation?.emailsSent === 2, 'the delivery');
  expect(mailsTo('reminded@example.com')).toHaveLength(2);
});

test('a link expiry is recorded although its workflow was terminated by hand, and mails nothing', async () => {
  const { api, id } = await orphan('expired@example.com');
  await stage.db.database.em
    .fork()
    .execute('update portal_users set link_expires_at = now(), due_at = now(), next_reminder_at = null where id = ?', [
      id,
    ]);
  await anHourLater(id, ['due_at', 'link_expires_at']);
  await keepHouse();
  const events = async () => (await api.get(`/users/${id}/events`)).body.data.map(({ type }: { type: string }) => type);
  await eventually(async () => (await events()).includes('invitation_link_expired'), 'the event');
  expect(await readPortalUser(stage.db.database, id)).toMatchObject({ dueAt: null });
  expect(mailsTo('expired@example.com')).toHaveLength(1);
});

test('an overdue invitation whose workflow runs is left alone, and looked at again minutes later', async () => {
  const { api } = await stage.openPortal();
  const { id, invitation } = (await api.post('/users', { email: 'healthy@example.com', name: 'H' }).expecting(201))
    .body;
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation?.emailsSent === 1, 'the delivery');
  const workflow = stage.worker.client.workflow.getHandle(invitation.workflowId);
  const { runId } = await workflow.describe();
  await stage.db.database.em.fork().execute('update portal_users set due_at = now() where id = ?', [id]);
  await anHourLater(id, ['due_at']);
  await keepHouse();
  expect((await workflow.describe()).runId).toBe(runId);
  expect((await workflow.fetchHistory()).events!.some((event) => event.workflowExecutionSignaledEventAttributes)).toBe(
    false,
  );
  expect((await readPortalUser(stage.db.database, id)).dueAt!.getTime()).toBeGreaterThan(Date.now());
  const events = (await api.get(`/users/${id}/events`)).body.data;
  expect(events.map(({ type }: { type: string }) => type)).not.toContain('signal_ignored');
});
