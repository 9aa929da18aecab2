import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalOperator } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { insertPortal } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { openSettings } from './open-settings.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('an owner makes a new password for who has lost theirs, which ends their sessions', async () => {
  const { client, path, signIn } = await openSettings(stage);
  const { operator: staff, client: theirs } = await signIn('staff');
  const address = `${path}/operators/${staff.id}/password`;
  expect((await client.get(address)).html).toContain('stops working');
  const { html } = await client.post(address);
  const password = /id="initial-password">([^<]+)</.exec(html)![1]!;
  expect((await theirs.get('/console')).status).toBe(303);
  const fresh = consoleClient(stage.url);
  expect((await fresh.signIn(staff.email)).status).toBe(401);
  expect((await fresh.signIn(staff.email, password)).status).toBe(303);
});

test('the password of who works for another portal, too, is not an owner’s to change', async () => {
  const { client, path, signIn } = await openSettings(stage);
  const { operator: staff, client: theirs } = await signIn('staff');
  const em = stage.db.database.em.fork();
  em.create(PortalOperator, { operator: staff.id, portal: (await insertPortal(stage.db.database)).id, role: 'staff' });
  await em.flush();
  const refused = await client.post(`${path}/operators/${staff.id}/password`);
  expect([refused.status, refused.html.includes('They work for another portal, too')]).toEqual([409, true]);
  expect((await theirs.get('/console')).status).toBe(200);
});
