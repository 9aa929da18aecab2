import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event } from '../../db/entities/index.ts';
import { invite, newAddress } from '../api/invite.ts';
import { submitPassword } from '../harness/confirm.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

type Api = Awaited<ReturnType<Stage['openPortal']>>['api'];

/** Each does something twice, the second time without effect, to a portal or to a user of it; and the events that it leaves. */
const CHANGES: Record<
  string,
  { act: (api: Api, id: string, admin: () => Promise<unknown>) => Promise<unknown>; leaves: string[] }
> = {
  'a corrected name': {
    act: (api, id) => api.patch(`/users/${id}`, { name: 'Janet' }),
    leaves: ['portal_user_changed'],
  },
  'the same name': { act: (api, id) => api.patch(`/users/${id}`, { name: 'Jane Doe' }), leaves: [] },
  'a deactivation': { act: (api, id) => api.post(`/users/${id}/deactivate`), leaves: ['portal_user_deactivated'] },
  'a reactivation that is refused': { act: (api, id) => api.post(`/users/${id}/reactivate`), leaves: [] },
  'a setting': { act: (_api, _id, change) => change(), leaves: ['portal_changed'] },
};

test.each(Object.entries(CHANGES))('%s leaves one event, and none the second time', async (_what, { act, leaves }) => {
  const { api, slug } = await stage.openPortal();
  const { id } = await invite(stage, api);
  const em = () => stage.db.database.em.fork();
  const last = (await em().findOneOrFail(Event, { portal: { slug } }, { orderBy: { id: 'desc' } })).id;
  const change = () =>
    stage.admin.patch(`/v1/portals/${slug}`, { senderName: 'Acme', reInviteDailyCap: 5 }).expecting(200);
  await act(api, id, change);
  await act(api, id, change);
  const events = await em().find(Event, { portal: { slug }, id: { $gt: last } }, { orderBy: { id: 'asc' } });
  expect(events.map(({ type }) => type)).toEqual(leaves);
  if (leaves[0] === 'portal_changed') expect(events[0]!.data).toEqual({ changed: ['senderName'] });
});

test('a contact who is added as portal user under another name has an event of both', async () => {
  const { api } = await stage.openPortal();
  const email = newAddress();
  await api.post('/contacts', { email, name: 'J. Doe' }).expecting(201);
  const { id } = (await api.post('/users', { email, name: 'Jane Doe' }).expecting(201)).body;
  const { data } = (await api.get(`/users/${id}/events`).expecting(200)).body;
  const told = data.filter(({ type }: { type: string }) => type !== 'invitation_sent' && type !== 'portal_enabled');
  expect(told.map(({ type, data }: { type: string; data: unknown }) => [type, data])).toEqual([
    ['portal_user_added', { email }],
    ['portal_user_changed', { before: { name: 'J. Doe' }, after: { name: 'Jane Doe' } }],
  ]);
});

test('a link that is used twice leaves one confirmation', async () => {
  const { api } = await stage.openPortal();
  const { link, events } = await invite(stage, api);
  await submitPassword(link);
  await submitPassword(link);
  expect((await events()).filter((type) => type === 'portal_user_confirmed')).toHaveLength(1);
});
