import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PortalUser, Session } from '../../db/entities/index.ts';
import { deactivate, reactivate } from '../../db/statements/change-confirmation-status.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { copyOf } from '../harness/copied-cookies.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { whileLocked } from '../harness/while-locked.ts';

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
});
afterAll(() => stage.close());

const sessionsOf = (id: string) => stage.db.database.em.fork().find(Session, { portalUser: id });

test.each([
  ['deactivated', false],
  ['deactivated and reactivated', true],
])('a sign-in of a portal user who is %s meanwhile begins no session', async (_title, isReactivated) => {
  const { id, email } = await confirmed(stage, api);
  const client = consoleClient(stage.url);
  const { status } = await whileLocked(
    stage.db.database,
    { table: 'portal_users', id },
    () => signInFrom(client, slug, email),
    async (locked) => {
      const user = await locked.findOneOrFail(PortalUser, id);
      await deactivate(locked, user, { actor: 'administrator' });
      if (isReactivated) reactivate(locked, user, { actor: 'administrator' });
    },
  );
  expect(status).toBe(401);
  expect(client.cookies.size).toBe(0);
  expect(await sessionsOf(id)).toEqual([]);
  expect((await signInFrom(client, slug, email)).status).toBe(isReactivated ? 303 : 401);
});

test('a copied cookie opens nothing after the password was changed', async () => {
  const { id, email } = await confirmed(stage, api);
  const { client, opens } = await signedInBrowser(stage, slug, email);
  const copy = copyOf(stage.url, client);
  const password = 'nine quiet owls read slowly';
  const fields = { currentPassword: PASSWORD, password, passwordAgain: password };
  expect((await client.post(`/p/${slug}/account/password`, fields)).status).toBe(303);
  expect((await copy.get(`/p/${slug}/account`)).status).toBe(303);
  expect(await opens()).toBe(true);
  expect(await sessionsOf(id)).toHaveLength(1);
});

test('a copied cookie opens nothing after its owner signed out everywhere', async () => {
  const { id, email } = await confirmed(stage, api);
  const { client, opens } = await signedInBrowser(stage, slug, email);
  const copy = copyOf(stage.url, client);
  const before = await sessionsOf(id);
  expect((await client.post(`/p/${slug}/sign-out-everywhere`)).status).toBe(303);
  expect((await copy.get(`/p/${slug}/account`)).status).toBe(303);
  expect(await opens()).toBe(true);
  expect(await sessionsOf(id)).toMatchObject(before.map(({ createdAt }) => ({ createdAt })));
});

test('a session that has ended signs nobody out elsewhere', async () => {
  const { id, email } = await confirmed(stage, api);
  const [here, there] = [await signedInBrowser(stage, slug, email), await signedInBrowser(stage, slug, email)];
  const over = new Date(Date.now() - 31 * 86_400_000);
  const [oldest] = (await sessionsOf(id)).toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  await stage.db.database.em.fork().nativeUpdate(Session, { id: oldest!.id }, { createdAt: over });
  expect((await here.client.post(`/p/${slug}/sign-out-everywhere`)).status).toBe(401);
  expect([await here.opens(), await there.opens()]).toEqual([false, true]);
});
