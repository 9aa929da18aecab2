import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import type { Invitations } from '../../commands/services.ts';
import { Event } from '../../db/entities/index.ts';
import { Refusal as Problem } from '../../vocabulary/refusal.ts';
import { invitationWorkflowId } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import type { ApiClient, PendingAnswer } from '../harness/api-client.ts';
import { eventually } from '../harness/eventually.ts';
import { coolDown, invite, mailed, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
let invitations: Invitations;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
  ({ invitations } = stage.services);
});
beforeEach(() => {
  stage.services.invitations = invitations;
});
afterAll(() => stage.close());

const workflowOf = (id: string) => stage.worker.client.workflow.getHandle(invitationWorkflowId(id));

/** A user whose first e-mail was sent an hour ago. */
async function invitee() {
  const user = await invite(stage, api);
  await coolDown(stage, user.id);
  return user;
}

/** The events after the first e-mail, oldest first, each with its actor. */
async function eventsOf(id: string): Promise<string[]> {
  const events = await stage.db.database.em.fork().find(Event, { portalUser: id }, { orderBy: { id: 'asc' } });
  const told = events.map(({ type, actor }) => `${type} by ${actor.split('/')[0]}`);
  return told.slice(told.indexOf('invitation_sent by temporal') + 1);
}

/** Until the user's workflow has nothing to do. */
async function idle(id: string): Promise<void> {
  await eventually(async () => {
    const { raw } = await workflowOf(id).describe();
    return !raw.pendingWorkflowTask && !raw.pendingActivities?.length;
  }, 'an idle workflow');
}

/** What the housekeeping does a minute later. */
async function keepHouse(id: string): Promise<void> {
  await coolDown(stage, id, 60);
  const { startMissingInvitations } = createActivities(stage.worker.dependencies);
  await activityEnvironment().run(startMissingInvitations);
}

const unavailable = async () => {
  throw new Problem('unavailable');
};

/** Holds the signals that ask for a new link back. @returns them, in the order in which they were sent */
function holdReInvites(): (() => Promise<void>)[] {
  const held: (() => Promise<void>)[] = [];
  stage.services.invitations = {
    ...invitations,
    async reInvite(...signal) {
      held.push(() => invitations.reInvite(...signal));
    },
  };
  return held;
}

const RE_INVITED = ['portal_user_re_invited by api_key', 'invitation_sent by temporal'];

test('a correction that Temporal was not told of has its new link in the timeline, by the one who corrected', async () => {
  const { id } = await invitee();
  stage.services.invitations = { ...invitations, reInvite: unavailable };
  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  await keepHouse(id);
  await mailed(stage, id, 2);
  expect(await eventsOf(id)).toEqual(['portal_user_changed by api_key', ...RE_INVITED]);
});

test('a reactivation that Temporal was not told of has its new link in the timeline, by the one who reactivated', async () => {
  const { id } = await invitee();
  stage.services.invitations = { ...invitations, startAgain: unavailable };
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await api.post(`/users/${id}/reactivate`).expecting(202);
  await keepHouse(id);
  await mailed(stage, id, 2);
  const both = ['portal_user_deactivated by api_key', 'portal_user_reactivated by api_key'];
  expect(await eventsOf(id)).toEqual([...both, ...RE_INVITED]);
});

test('a link of which only its row is left, without the signal that asked for it, is told as begun by the housekeeping', async () => {
  const { id } = await invitee();
  await workflowOf(id).terminate();
  const asked =
    "update portal_users set generation = 2, delivery = 'queued', queued_at = now(), due_at = now() where id = ?";
  await stage.db.database.em.fork().execute(asked, [id]);
  await keepHouse(id);
  await mailed(stage, id, 2);
  expect(await eventsOf(id)).toEqual(['portal_user_re_invited by temporal', 'invitation_sent by temporal']);
});

test('the signal of a correction that another one has overtaken is no event', async () => {
  const { id } = await invitee();
  const held = holdReInvites();
  for (let n = 0; n < 2; n += 1) {
    await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
    await coolDown(stage, id);
  }
  for (const send of held.toReversed()) await send();
  await mailed(stage, id, 2);
  await idle(id);
  const corrected = 'portal_user_changed by api_key';
  expect(await eventsOf(id)).toEqual([corrected, corrected, ...RE_INVITED]);
});

test('the signal of a correction that comes after a deactivation is no event', async () => {
  const { id } = await invitee();
  const held = holdReInvites();
  await api.patch(`/users/${id}`, { email: newAddress() }).expecting(200);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await held[0]!();
  expect(await workflowOf(id).result()).toBe('deactivated');
  await idle(id);
  expect(await eventsOf(id)).toEqual(['portal_user_changed by api_key', 'portal_user_deactivated by api_key']);
});

test('the signal of a correction that comes while a deactivation is recorded is no event', async () => {
  const { id, row } = await invitee();
  const held = holdReInvites();
  const { em } = stage.db.database;
  let correcting: PendingAnswer | undefined;
  await em.fork().transactional(async (locked) => {
    await locked.execute('select from portal_users where id = ? for no key update', [id]);
    correcting = api.patch(`/users/${id}`, { email: newAddress() });
    await eventually(async () => (await waits()) === 1, 'the correction to wait for the row');
    await workflowOf(id).signal('deactivate', { actor: 'administrator' });
    await eventually(async () => (await waits()) === 2, 'the deactivation to wait for the row');
  });
  await correcting!.expecting(200);
  await held[0]!();
  await eventually(async () => (await row()).confirmationStatus === 'deactivated', 'the deactivation');
  await idle(id);
  expect(await eventsOf(id)).toEqual(['portal_user_changed by api_key', 'portal_user_deactivated by administrator']);

  async function waits(): Promise<number> {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await em.fork().execute<unknown[]>(waiting)).length;
  }
});
