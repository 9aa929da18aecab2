import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { invitationWorkflowId } from '../../vocabulary/workflows.ts';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { invite, newAddress } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { whileLocked } from '../harness/while-locked.ts';

/** A person is erased while something of theirs is under way: it ends, nobody is mailed, and no row of theirs comes back. */
let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();

async function erase(portalUserId: string): Promise<void> {
  await em().execute('delete from contacts where id = (select contact_id from portal_users where id = ?)', [
    portalUserId,
  ]);
}

async function rowsOf(portalUserId: string): Promise<number> {
  const [row] = await em().execute<{ count: number }[]>(
    `select (select count(*) from portal_users where id = ?)
          + (select count(*) from invitation_emails where portal_user_id = ?)
          + (select count(*) from events where portal_user_id = ?)
          + (select count(*) from sessions where portal_user_id = ?) as count`,
    [portalUserId, portalUserId, portalUserId, portalUserId],
  );
  return Number(row!.count);
}

test('an invitation that waits for its confirmation ends at the next signal, and its link is unknown', async () => {
  const { api } = await stage.openPortal();
  const { id, link, mails } = await invite(stage, api);
  const handle = stage.worker.client.workflow.getHandle(invitationWorkflowId(id));
  await erase(id);
  expect((await api.get(`/users/${id}`)).status).toBe(404);
  expect((await api.post(`/users/${id}/re-invite`)).status).toBe(404);
  expect((await submitPassword(link)).status).toBe(404);
  await handle.signal('reInvite', {});
  await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
  expect([await rowsOf(id), mails()]).toEqual([0, 1]);
});

test('an e-mail that is put off is not retried', async () => {
  const { api } = await stage.openPortal();
  stage.sink.mood = { code: 451, text: 'Try again later', at: 'RCPT' };
  const email = newAddress();
  const { body } = await api.post('/users', { email, name: 'Jane Doe' }).expecting(201);
  const isDeferred = async () => (await readPortalUser(stage.db.database, body.id)).delivery === 'deferred';
  await eventually(isDeferred, 'the deferral');
  await erase(body.id);
  stage.sink.mood = null;
  const handle = stage.worker.client.workflow.getHandle(invitationWorkflowId(body.id));
  await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toEqual([]);
  expect(await rowsOf(body.id)).toBe(0);
});

test('a bulk action finishes without its erased users, and says so', async () => {
  const { api, client, slug } = await openConsole(stage, { reInviteCooldownSeconds: 0 });
  const [first, erased, last] = [await invite(stage, api), await invite(stage, api), await invite(stage, api)];
  const id = randomUUID();
  const ids = [first!, erased!, last!].map((user) => user.id);
  const page = `/console/${slug}/bulk-actions/${id}`;
  // One row is locked, so that the action is still under way when its user is erased.
  await whileLocked(
    stage.db.database,
    { table: 'portal_users', id: first!.id },
    () => client.post(`/console/${slug}/bulk-actions`, { id, action: 'deactivate', ids }),
    () => erase(erased!.id),
  );
  await eventually(async () => (await client.get(page)).html.includes('Finished:'), 'the end of the bulk action');
  for (const { row } of [first!, last!]) expect((await row()).confirmationStatus).toBe('deactivated');
  expect(await rowsOf(erased!.id)).toBe(0);
});

test('a confirmation that is under way signs nobody in, and leaves no row', async () => {
  const { api } = await stage.openPortal();
  const { id, link } = await invite(stage, api);
  let confirming: Promise<{ status: number }> | undefined;
  await whileLocked(
    stage.db.database,
    { table: 'portal_users', id },
    async () => {
      confirming = submitPassword(link);
    },
    async () => {},
  );
  await erase(id);
  expect([303, 404, 503]).toContain((await confirming!).status);
  expect((await submitPassword(link)).status).toBe(404);
  expect(await rowsOf(id)).toBe(0);
});
