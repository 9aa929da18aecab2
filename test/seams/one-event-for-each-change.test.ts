import { globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiKey, Event } from '../../db/entities/index.ts';
import { invitationWorkflowId } from '../../vocabulary/workflows.ts';
import { eventually } from '../harness/eventually.ts';
import { coolDown, mailed, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { type Scene, setScene } from './changes/change.ts';
import { CHANGES_OF_BULK_ACTIONS } from './changes/of-bulk-actions.ts';
import { CHANGES_OF_INVITATIONS } from './changes/of-invitations.ts';
import { CHANGES_OF_OPERATORS } from './changes/of-operators.ts';
import { CHANGES_OF_PORTAL_USERS } from './changes/of-portal-users.ts';
import { CHANGES_OF_PORTALS } from './changes/of-portals.ts';

const CHANGES = {
  ...CHANGES_OF_INVITATIONS,
  ...CHANGES_OF_PORTAL_USERS,
  ...CHANGES_OF_PORTALS,
  ...CHANGES_OF_OPERATORS,
  ...CHANGES_OF_BULK_ACTIONS,
};

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();

test.each(Object.entries(CHANGES))(
  '%s leaves one event for each change, with its actor, and none the second time',
  async (_what, { settings, prepare, act, leaves }) => {
    const scene = await setScene(stage, settings);
    const prepared = (await prepare?.(scene)) as never;
    await settled(scene.portalId);
    const before = await newestEvent(scene.portalId);
    await act(scene, prepared);
    await settled(scene.portalId);
    const between = await newestEvent(scene.portalId);
    await act(scene, prepared);
    await settled(scene.portalId);
    expect(await eventsAfter(scene, before)).toEqual(leaves);
    expect(await eventsAfter(scene, between)).toEqual([]);
  },
);

test('a portal leaves one event, and none the second time', async () => {
  const slug = 'made-twice';
  await stage.admin.post('/v1/portals', { slug, name: 'Acme' }).expecting(201);
  await stage.admin.post('/v1/portals', { slug, name: 'Acme' }).expecting(409);
  const events = await em().find(Event, { portal: { slug } });
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([['portal_created', 'administrator']]);
});

test('the first portal user enables the portal, which leaves an event of its own, once', async () => {
  const { api, slug } = await stage.openPortal();
  for (let n = 0; n < 2; n += 1) await api.post('/users', { email: newAddress(), name: 'Jane' }).expecting(201);
  expect(await em().count(Event, { portal: { slug }, type: 'portal_enabled' })).toBe(1);
});

test('events say what was changed', async () => {
  const scene = await setScene(stage);
  const { api, id, ofPortal, email } = scene;
  const fresh = newAddress();
  await stage.admin.patch(ofPortal, { senderName: 'Acme', reInviteDailyCap: 5 }).expecting(200);
  await api.patch(`/users/${id}`, { email: fresh }).expecting(200);
  await mailed(stage, id, 2);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  await coolDown(stage, id);
  await api.post(`/users/${id}/reactivate`).expecting(202);
  await mailed(stage, id, 3);
  const of = { portal: scene.portalId };
  const types = ['portal_changed', 'portal_user_changed', 'portal_user_reactivated', 'portal_user_re_invited'] as const;
  const events = await em().find(Event, { ...of, type: { $in: [...types] } }, { orderBy: { id: 'asc' } });
  expect(events.map(({ type, data }) => [type, data])).toEqual([
    ['portal_changed', { changed: ['senderName'] }],
    ['portal_user_changed', { before: { email }, after: { email: fresh }, generation: 2 }],
    ['portal_user_re_invited', { generation: 2 }],
    ['portal_user_reactivated', { to: 'not_confirmed', generation: 3 }],
    ['portal_user_re_invited', { generation: 3 }],
  ]);
});

/** Functions of `commands/` that insert no event, or that a command in the table calls. */
const WITHOUT_EVENTS: Record<string, string[]> = {
  'reads, checks and refuses': [
    ...['acceptAttachments', 'checkOperatorPassword', 'checkPortalUserPassword', 'findMembership', 'mediaTypeOf'],
    ...[
      'openConfirmationLink',
      'readLinkAgain',
      'openOperatorInvitation',
      'openOperatorPasswordReset',
      'openPortalUserPasswordReset',
    ],
    ...['requireConfirmed', 'requireGoodNewPassword', 'requireGoodPassword'],
    ...['requireInvitedAddress', 'requireMayInvite', 'requirePortalUser', 'requireQuota', 'requireRequest'],
  ],
  'hashes, judges and compares passwords': [
    ...[
      'hashNewOperatorPassword',
      'hashPassword',
      'isEasyToGuess',
      'verifyPassword',
      'findPasswordProblem',
      'matchesHash',
    ],
  ],
  'counts attempts, which are no part of any timeline': [
    ...['countByNetwork', 'countPasswordChoice', 'guessAddress', 'mayAskForPassword', 'resetFailedSignIns'],
    'uncountByNetwork',
  ],
  'sessions, which are no part of any timeline': ['endOwnSession', 'endSessions'],
  'a request for a new password, which must not tell whether the address is known': ['askForPasswordReset'],
  'parts of commands that are in the table': [
    ...['addAttachments', 'queueOperatorInvitation', 'lockUploads', 'putFiles', 'queueAccountEmail', 'replaceLinks'],
    ...[
      'recordOwnChange',
      'replaceOperatorPassword',
      'replacePortalUserPassword',
      'setRequestStatus',
      'takeFiles',
      'queueRequestEmail',
    ],
  ],
  'transactions and outages, for every command': [
    ...['callNowOrByHousekeeping', 'callOrReadRecord', 'inTransaction', 'pollRecord', 'readDecision'],
  ],
  'have tests of their own': ['createPortal', 'ensureFirstOperator', 'makeFirstOwner'],
};

test('every command is in the table, or has a reason to insert no event', () => {
  const sources = globSync('commands/**/*.ts').map((path) => readFileSync(path, 'utf8'));
  // A function that can insert a row: an asynchronous one, or one that an entity manager is handed to.
  const declaration =
    /^export (?:(?:async function|const) (\w+)(?:\(|<|[^\n]* = async\b)|function (\w+)\(\s*(?:em\b|\{ em\b|unit\b))/gm;
  const exported = sources.flatMap((source) => [...source.matchAll(declaration)].map((match) => match[1] ?? match[2]));
  const changing = new Set(Object.values(CHANGES).map(({ command }) => command));
  expect(new Set([...changing, ...Object.values(WITHOUT_EVENTS).flat()])).toEqual(new Set(exported));
});

/** Until no e-mail of the portal's invitations is on its way, and no workflow of its users has anything to do. */
async function settled(portalId: string): Promise<void> {
  const { client } = stage.worker;
  await eventually(async () => {
    const users = await em().execute<{ id: string; busy: boolean }[]>(
      `select id, confirmation_status = 'not_confirmed' and delivery = 'queued' as busy from portal_users where portal_id = ?`,
      [portalId],
    );
    if (users.some(({ busy }) => busy)) return false;
    const workflows = users.map(({ id }) => client.workflow.getHandle(invitationWorkflowId(id)).describe());
    return (await Promise.all(workflows)).every(
      ({ raw }) => !raw.pendingWorkflowTask && !raw.pendingActivities?.length,
    );
  }, 'the invitations to settle');
}

async function newestEvent(portalId: string): Promise<string> {
  return (await em().findOneOrFail(Event, { portal: portalId }, { orderBy: { id: 'desc' } })).id;
}

/** What the portal's events after one say, and by whom. */
async function eventsAfter({ portalId, operatorId }: Scene, after: string): Promise<string[]> {
  const [key] = await em().find(ApiKey, { portal: portalId }, { orderBy: { id: 'asc' }, limit: 1 });
  const names: Record<string, string> = {
    [`api_key/${key!.id}`]: 'the key',
    [`operator/${operatorId}`]: 'the operator',
  };
  const events = await em().find(Event, { portal: portalId, id: { $gt: after } }, { orderBy: { id: 'asc' } });
  return events.map(({ type, actor }) => {
    const unnamed = actor.startsWith('operator/') ? 'another operator' : actor;
    return `${type} by ${names[actor] ?? unnamed}`;
  });
}
