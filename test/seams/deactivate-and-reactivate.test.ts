import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deactivatePortalUser } from '../../commands/portal-users/deactivate-portal-user.ts';
import { Event } from '../../db/entities/index.ts';
import type { Services } from '../../web/services.ts';
import { invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a deactivation that another operator undoes at once is told as done, with what the row says now', async () => {
  const { api } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  for (let round = 0; round < 6; round += 1) {
    const { id } = await invite(stage, api);
    const deactivating = api.post(`/users/${id}/deactivate`);
    let reactivated = await api.post(`/users/${id}/reactivate`);
    while (reactivated.status === 409) reactivated = await api.post(`/users/${id}/reactivate`);
    const { status, body } = await deactivating;
    expect([reactivated.status, status]).toEqual([202, 200]);
    expect(['deactivated', 'not_confirmed']).toContain(body.confirmationStatus);
    const events = await stage.db.database.em.fork().find(Event, { portalUser: id, type: 'portal_user_deactivated' });
    expect(events).toHaveLength(1);
  }
});

test('a deactivation that a run received as it ended by an earlier one is carried out by another run', async () => {
  const { api } = await stage.openPortal();
  const { id, row } = await invite(stage, api);
  let signals = 0;
  const invitations: Services['invitations'] = {
    ...stage.services.invitations,
    async deactivate(user, actor) {
      signals += 1;
      return signals === 1 ? 'deactivated' : stage.services.invitations.deactivate(user, actor);
    },
  };
  const found = await row();
  const { user, isPending } = await deactivatePortalUser({ ...stage.services, invitations }, found, 'administrator');
  expect([user.id, user.confirmationStatus, isPending, signals]).toEqual([id, 'deactivated', false, 2]);
});
