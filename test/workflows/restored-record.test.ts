import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findOverdueInvitations } from '../../db/queries/find-missing-invitations.ts';
import { createInvitations } from '../../temporal/invitations.ts';
import { confirmSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import { type Engine, homeOf, type Invited, invite, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** An invitation that was re-invited after the backup from which Postgres was then restored. */
async function inviteAndRestore(policy = {}): Promise<Invited> {
  const invited = await invite(engine, policy);
  await invited.delivered();
  const em = engine.db.database.em.fork();
  const tables = { portal_users: 'id', invitation_emails: 'portal_user_id', events: 'portal_user_id' };
  const backup: [string, string, object[]][] = [];
  for (const [table, key] of Object.entries(tables)) {
    backup.push([
      table,
      key,
      await em.execute(`select to_json(t) as row from ${table} t where ${key} = ?`, [invited.id]),
    ]);
  }
  await invited.handle.signal(reInviteSignal, { supersedes: 1 });
  await invited.delivered(2);
  await em.transactional(async (restoring) => {
    for (const [table, key] of backup.toReversed()) {
      await restoring.execute(`delete from ${table} where ${key} = ?`, [invited.id]);
    }
    for (const [table, , rows] of backup) {
      for (const { row } of rows as { row: object }[]) {
        const values = `select * from json_populate_record(null::${table}, ?::json)`;
        await restoring.execute(`insert into ${table} overriding system value ${values}`, [JSON.stringify(row)]);
      }
    }
  });
  expect(await invited.row()).toMatchObject({ generation: 1, emailsSent: 1, delivery: 'sent' });
  return invited;
}

test('after Postgres was restored from before a re-invite, the link that the record has confirms', async () => {
  const invited = await inviteAndRestore();
  await invited.handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  expect(await invited.handle.result()).toBe('confirmed');
  expect(await invited.events()).toEqual(['invitation_sent', 'portal_user_confirmed']);
  await keepHistory('restored-and-confirmed', invited);
});

test('after Postgres was restored from before a re-invite, a re-invite mails a new link, once', async () => {
  const invited = await inviteAndRestore();
  await Promise.all([1, 2].map(() => invited.handle.signal(reInviteSignal, { supersedes: 1 })));
  await invited.delivered(2);
  expect(await invited.row()).toMatchObject({ generation: 2, delivery: 'sent' });
  expect(invited.mails()).toHaveLength(3);
  await invited.handle.signal(confirmSignal, { generation: 2 });
  expect(await invited.handle.result()).toBe('confirmed');
});

test('a reminder that the restored record knows nothing of is not mailed: the record’s own deadlines count', async () => {
  const invited = await inviteAndRestore({ linkValiditySeconds: 8, remindersAfterSeconds: [4] });
  await invited.event('invitation_link_expired');
  expect(await invited.events()).toEqual(['invitation_sent', 'invitation_reminder_sent', 'invitation_link_expired']);
  expect(await invited.row()).toMatchObject({ generation: 1, emailsSent: 2 });
  const [first, reInvited, reminder] = invited.mails();
  expect(reminder!.link).toBe(first!.link);
  expect(reminder!.link).not.toBe(reInvited!.link);
  await invited.handle.terminate();
});

test('what the restored record has as put off is sent again by a workflow that had sent it, an identical copy', async () => {
  const invited = await invite(engine);
  await invited.delivered();
  const em = engine.db.database.em.fork();
  const putOff = `update invitation_emails set delivery = 'deferred', answered_at = null where portal_user_id = ?`;
  await em.execute(putOff, [invited.id]);
  const { portal } = await invited.row();
  await em.execute(
    `update portal_users set delivery = 'deferred', emails_sent = 0, link_expires_at = null, due_at = now() - interval '1 minute' where id = ?`,
    [invited.id],
  );
  const invitations = createInvitations(engine.worker.client, homeOf(engine.worker));
  const [overdue] = await findOverdueInvitations(em, { minAgeSeconds: 15, limit: 1 });
  expect(overdue).toMatchObject({ portalUserId: invited.id, portalId: portal.id, isAnswered: false });
  await invitations.resume(overdue!);
  await invited.delivered();
  expect(await invited.row()).toMatchObject({ generation: 1, delivery: 'sent' });
  const [first, again] = invited.mails();
  expect(again!.raw).toBe(first!.raw);
  await invited.handle.terminate();
});

test('the expiry of a link is not recorded while the restored record has its e-mail as put off', async () => {
  const invited = await invite(engine, { linkValiditySeconds: 3, remindersAfterSeconds: [] });
  await invited.delivered();
  const em = engine.db.database.em.fork();
  await em.execute(`update invitation_emails set delivery = 'deferred', answered_at = null where portal_user_id = ?`, [
    invited.id,
  ]);
  await em.execute(
    `update portal_users set delivery = 'deferred', emails_sent = 0, link_expires_at = null where id = ?`,
    [invited.id],
  );
  await invited.delivered();
  await invited.event('invitation_link_expired');
  expect(await invited.events()).toEqual(['invitation_sent', 'invitation_sent', 'invitation_link_expired']);
  await invited.handle.terminate();
});
