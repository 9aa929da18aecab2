import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import { livePortalUsers } from '../../console/live/live-portal-users.ts';
import type { ChangeListener } from '../../web/portal-user-changes.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { invite, newAddress } from '../harness/invite.ts';
import { listen } from '../harness/listen.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('every change of a portal user is told to who looks at this portal, and to nobody else', async () => {
  const [one, other] = [await openConsole(stage), await openConsole(stage)];
  const here = await listen(stage.url, one.client, one.slug);
  const elsewhere = await listen(stage.url, other.client, other.slug);
  expect(here.response.headers.get('content-type')).toContain('text/event-stream');
  const user = await invite(stage, one.api);
  await eventually(() => here.told.text.includes(user.id), 'the change');

  const { email: _, ...stranger } = await invite(stage, other.api);
  await eventually(() => elsewhere.told.text.includes(stranger.id), 'the other change');
  expect(here.told.text).not.toContain(stranger.id);
  expect(elsewhere.told.text).not.toContain(user.id);
  await Promise.all([here.close(), elsewhere.close()]);
});

test('a corrected name is told too', async () => {
  const { client, slug, api } = await openConsole(stage);
  const user = await invite(stage, api);
  const listener = await listen(stage.url, client, slug);
  await eventually(() => listener.told.text.includes('data: '), 'the first connection');
  listener.told.text = '';
  await api.patch(`/users/${user.id}`, { name: 'Janet' }).expecting(200);
  await eventually(() => listener.told.text.includes(user.id), 'the new name');
  await listener.close();
});

test('an erased user is told too', async () => {
  const { client, slug, api } = await openConsole(stage);
  const user = await invite(stage, api);
  const listener = await listen(stage.url, client, slug);
  await eventually(() => listener.told.text.includes('data: '), 'the first connection');
  listener.told.text = '';
  await stage.db.database.em.fork().execute('delete from contacts where email = ?', [user.email]);
  await eventually(() => listener.told.text.includes(user.id), 'the erasure');
  await listener.close();
});

test('who is not signed in, or works for another portal, is told nothing', async () => {
  const { client } = await openConsole(stage);
  const other = await openConsole(stage);
  const refused = await listen(stage.url, client, other.slug);
  expect(refused.response.status).toBe(404);
  const stranger = await listen(stage.url, consoleClient(stage.url), other.slug);
  expect(stranger.response.status).toBe(303);
});

test('a lost connection to Postgres is made again, and who listens is told to look again', async () => {
  const { client, slug, api } = await openConsole(stage);
  const listener = await listen(stage.url, client, slug);
  const user = await invite(stage, api);
  await eventually(() => listener.told.text.includes(user.id), 'the first connection');
  const em = stage.db.database.em.fork();
  await em.execute(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'`,
  );
  await eventually(() => listener.told.text.includes('data: *'), 'the new connection');
  const { body } = await api.post('/users', { email: newAddress(), name: 'Later' }).expecting(201);
  await eventually(() => listener.told.text.includes(body.id), 'the change');
  await listener.close();
});

test('what changed between the making of a page and its listening is told, after a break too', async () => {
  const { client, slug, api } = await openConsole(stage);
  await (await listen(stage.url, client, slug)).close(); // from now on the process listens
  const user = await invite(stage, api);
  const late = await listen(stage.url, client, slug);
  await eventually(() => late.told.text.includes(user.id), 'the change that went before');
  await late.close();
  const [, id] = /^id: (\d+)$/m.exec(late.told.text)!;
  const later = await invite(stage, api);
  const again = await listen(stage.url, client, slug, { 'last-event-id': id! });
  await eventually(() => again.told.text.includes(later.id), 'the change during the break');
  await again.close();
  const stale = await listen(stage.url, client, slug, { 'last-event-id': '1' });
  await eventually(() => stale.told.text.includes('data: *'), 'the word to look at everything again');
  await stale.close();
});

test('a row by itself is what the table shows of it, and keeps its tick', async () => {
  const { client, slug, api } = await openConsole(stage);
  const user = await invite(stage, api);
  const page = `/console/${slug}/users`;
  const { html } = await client.get(`${page}/${user.id}/row?ids=${user.id}`, { 'hx-request': 'true' });
  expect(html).toMatch(new RegExp(`^<tr id="user-${user.id}"`));
  expect(html).toContain('checked');
  expect((await client.get(`${page}/${user.id}/row`)).html).not.toContain('checked');
});

test('a reader that reads nothing is cut off, and nothing is written to it any more', async () => {
  const changes = { listener: undefined as ChangeListener | undefined };
  const app = express();
  app.use((request, response, next) => {
    const portal = { id: 'portal', slug: 'portal' };
    Object.assign(response.locals, { operator: {}, actor: 'temporal', portals: [{ portal, role: 'staff' }] });
    Object.assign(request, { session: { row: { id: randomUUID() } } });
    response.on('error', (error) => errors.push(error));
    next();
  });
  const errors: Error[] = [];
  const subscribe = (_portalId: string, _since: number, listener: ChangeListener) => {
    changes.listener = listener;
    return () => {
      changes.listener = undefined;
    };
  };
  const services = { ...stage.services, portalUserChanges: { subscribe, close: async () => {} } };
  app.use('/:portal/users', livePortalUsers(services));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET /portal/users/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const listener = await eventually(() => changes.listener, 'the listener');
  for (let i = 0; i < 200_000; i += 1) listener.changed(`id-${i}`);
  listener.closed();
  listener.changed('too late');
  expect(changes.listener).toBeUndefined();
  await eventually(
    () => new Promise<boolean>((done) => server.getConnections((_error, count) => done(count === 0))),
    'the cut',
  );
  expect(errors).toEqual([]);
  socket.destroy();
  server.close();
});
