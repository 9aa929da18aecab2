import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import { newAddress } from '../harness/invite.ts';
import { openSettings, unescaped } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** The sentences of the list, each with its actor, newest first. */
function eventsIn(html: string): string[] {
  const entries = html.matchAll(/<li><span dir="auto">([^<]*)<\/span>[\s\S]*?<bdi>([^<]*)<\/bdi>/g);
  return [...entries].map(([, text, actor]) => unescaped(`${text} by ${actor}`));
}

test('the activity of a portal says what happened to it, and who did it, newest first', async () => {
  const { client, path, slug, api, operator } = await openSettings(stage);
  await stage.admin.patch(`/v1/portals/${slug}`, { senderName: 'Acme', color: '#00ff7f' }).expecting(200);
  const olga = { name: 'Olga <b>', email: newAddress() };
  await client.post(`${path}/operators`, { ...olga, role: 'staff' });
  const invited = /settings\/operators\/([\w-]+)\/re-invite/.exec((await client.get(`${path}/operators`)).html)![1];
  await client.post(`${path}/operators/${invited}/role`, { role: 'owner' });
  await client.post(`${path}/api-keys`, { name: 'CRM' });
  const keyId = /api-keys\/([\w-]+)\/revoke/.exec((await client.get(`${path}/api-keys`)).html)![1];
  await client.post(`${path}/api-keys/${keyId}/revoke`, {});
  await api.post('/contacts', { email: newAddress(), name: 'Carla' }).expecting(201);

  const { html } = await client.get(`${path}/activity`);
  expect(eventsIn(html)).toEqual([
    'Contact added: Carla by API key “test”',
    `API key “CRM” revoked by ${operator.name}`,
    `API key “CRM” created by ${operator.name}`,
    `The role of Olga <b> changed from staff to owner by ${operator.name}`,
    `Operator added: Olga <b> (staff) by ${operator.name}`,
    'Settings changed: Colour, Sender name by the administrator (API)',
    'API key “test” created by the administrator (API)',
    'The portal was created by the administrator (API)',
  ]);
  expect(html).toContain('aria-current="page">Activity</a>');

  await client.post(`${path}/operators/${invited}/remove`, {});
  expect(eventsIn((await client.get(`${path}/activity`)).html)[0]).toBe(
    `Operator removed: a former operator by ${operator.name}`,
  );
});

test('the activity is read page by page, forwards and backwards', async () => {
  const { client, path, slug } = await openSettings(stage);
  const em = stage.db.database.em.fork();
  const portal = await em.findOneOrFail(Portal, { slug });
  for (let n = 0; n < 60; n += 1) {
    recordPortalEvent(em, portal, { type: 'portal_changed', actor: 'administrator', data: { changed: [`old${n}`] } });
  }
  await em.flush();
  const linkIn = (html: string, rel: string) => {
    const address = new RegExp(`<a href="([^"]+)" rel="${rel}"`).exec(html)?.[1];
    return address && unescaped(address);
  };
  const first = (await client.get(`${path}/activity`)).html;
  expect([eventsIn(first).length, linkIn(first, 'prev')]).toEqual([50, undefined]);
  expect(eventsIn(first)[0]).toBe('Settings changed: old59 by the administrator (API)');
  const second = (await client.get(linkIn(first, 'next')!)).html;
  expect([eventsIn(second)[0], linkIn(second, 'next')]).toEqual([
    'Settings changed: old9 by the administrator (API)',
    undefined,
  ]);
  expect(eventsIn((await client.get(linkIn(second, 'prev')!)).html)).toEqual(eventsIn(first));
  expect((await client.get(`${path}/activity?cursor=forged`)).status).toBe(400);
});

test("only owners read a portal's activity", async () => {
  const opened = await openSettings(stage);
  const staff = await opened.signIn('staff');
  expect((await staff.client.get(`${opened.path}/activity`)).status).toBe(403);
  const other = await openSettings(stage);
  expect((await opened.client.get(`${other.path}/activity`)).status).toBe(404);
});
