import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { BulkActionRow, Event } from '../../db/entities/index.ts';
import { eventually } from '../harness/eventually.ts';
import { invite } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { readPortalUser } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { whileLocked } from '../harness/while-locked.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a bulk action that is stopped says so until the users under way are recorded, and then what became of each', async () => {
  const { api, client, slug, operator } = await openConsole(stage, { role: 'staff', reInviteCooldownSeconds: 0 });
  const users = await pLimit(5).map(Array.from({ length: 40 }), () => invite(stage, api));
  const ids = users.map(({ id }) => id);
  const id = randomUUID();
  const page = `/console/${slug}/bulk-actions/${id}`;
  const html = async () => (await client.get(page)).html;

  // The first user's row is locked, so the deactivations under way cannot be recorded yet.
  const first = { table: 'portal_users', id: ids.toSorted()[0]! } as const;
  await whileLocked(
    stage.db.database,
    first,
    () => client.post(`/console/${slug}/bulk-actions`, { id, action: 'deactivate', ids }),
    async () => {
      await client.post(`${page}/stop`);
      expect(await html()).toContain('Stopping: the users under way are still recorded.');
      expect(await html()).toContain(`Stopped by <bdi>${operator.name}</bdi>`);
      expect(await html()).not.toContain('Nothing done');
      expect((await client.post(`${page}/stop`)).status).toBe(303); // again: changes nothing
    },
  );
  await eventually(async () => (await html()).includes('Stopped:'), 'the end of the bulk action');

  const em = stage.db.database.em.fork();
  const rows = await em.find(BulkActionRow, { bulkAction: id });
  for (const { portalUser, outcome } of rows) {
    const { confirmationStatus } = await readPortalUser(stage.db.database, portalUser.id);
    expect([portalUser.id, confirmationStatus]).toEqual([portalUser.id, outcome ? 'deactivated' : 'not_confirmed']);
  }
  expect(rows.filter(({ outcome }) => outcome === 'done')).toHaveLength(25);
  const types = ['bulk_action_requested', 'bulk_action_stopped'] as const;
  const events = await em.find(Event, { type: { $in: [...types] } }, { orderBy: { id: 'asc' } });
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([
    ['bulk_action_requested', `operator/${operator.id}`],
    ['bulk_action_stopped', `operator/${operator.id}`],
  ]);
}, 120_000);
