import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { BulkActionRow, Event, InvitationEmail } from '../../db/entities/index.ts';
import { eventually } from '../harness/eventually.ts';
import { invite } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const SETTINGS = { reInviteCooldownSeconds: 0, reInviteDailyCap: 100 };

/** Whether the e-mail with a second link was queued, and the events of re-invites, done or ignored. */
async function recorded(id: string): Promise<{ isQueued: boolean; events: string[] }> {
  const em = stage.db.database.em.fork();
  const isQueued = (await em.count(InvitationEmail, { portalUser: id, generation: 2, reminder: 0 })) > 0;
  const types = ['portal_user_re_invited', 'signal_ignored'] as const;
  const events = await em.find(Event, { portalUser: id, type: { $in: [...types] } });
  return { isQueued, events: events.map(({ type, actor }) => `${type} by ${actor.split('/')[0]}`) };
}

test('a re-invite beside a deactivation says what became of it, and leaves one event', async () => {
  const { api } = await stage.openPortal(SETTINGS);
  for (let round = 0; round < 12; round += 1) {
    const { id } = await invite(stage, api);
    const [reInvited, deactivated] = await Promise.all([
      api.post(`/users/${id}/re-invite`),
      api.post(`/users/${id}/deactivate`),
    ]);
    expect(deactivated.status).toBe(200);
    const { isQueued, events } = await recorded(id);
    expect([reInvited.status, reInvited.body.code]).toEqual(isQueued ? [202, undefined] : [409, 'deactivated']);
    expect(events).toEqual([isQueued ? 'portal_user_re_invited by api_key' : 'signal_ignored by api_key']);
    if (isQueued) expect(reInvited.body.invitation.generation).toBe(2);
  }
}, 120_000);

test('re-invites of several beside deactivations of the same say for each what became of it', async () => {
  const { api } = await stage.openPortal(SETTINGS);
  const users = await pLimit(5).map(Array.from({ length: 20 }), () => invite(stage, api));
  const ids = users.map(({ id }) => id);
  const [reInvited] = await Promise.all([
    api.post('/users/re-invite', { ids }).expecting(200),
    api.post('/users/deactivate', { ids }).expecting(200),
  ]);
  for (const { id, status } of reInvited.body.data)
    expect([id, status]).toEqual([id, (await recorded(id)).isQueued ? 202 : 409]);
}, 120_000);

test('“Re-Invite” of all beside “Deactivate” of all says of each user what became of it', async () => {
  const { api, client, slug } = await openConsole(stage, { role: 'staff', ...SETTINGS });
  const users = await pLimit(5).map(Array.from({ length: 40 }), () => invite(stage, api));
  const ids = users.map(({ id }) => id);
  const actions = ['re_invite', 'deactivate'].map((action) => ({ id: randomUUID(), action, ids }));
  await Promise.all(actions.map((action) => client.post(`/console/${slug}/bulk-actions`, action)));
  for (const { id } of actions) {
    await eventually(
      async () => (await client.get(`/console/${slug}/bulk-actions/${id}`)).html.includes('Finished:'),
      'the end of the bulk action',
      60_000,
    );
  }

  const rows = await stage.db.database.em.fork().find(BulkActionRow, { bulkAction: actions[0]!.id });
  expect(rows).toHaveLength(40);
  for (const { portalUser, outcome } of rows) {
    const { isQueued, events } = await recorded(portalUser.id);
    expect([portalUser.id, outcome]).toEqual([portalUser.id, isQueued ? 'done' : 'deactivated']);
    expect(events.length).toBeLessThanOrEqual(1);
  }
}, 180_000);
