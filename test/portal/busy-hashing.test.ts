import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword } from '../../commands/passwords/password.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { insertOperator } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

/** As many as are hashed and wait at a time. */
const ALL = 102;

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
});
afterAll(() => stage.close());

/** Keeps the queue of passwords to hash full until it is disposed of. */
function fullQueue(): AsyncDisposable {
  let isOver = false;
  const one = async () => {
    while (!isOver) await hashPassword('one of very many passwords');
  };
  const all = Promise.all(Array.from({ length: ALL }, one));
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await all;
    },
  };
}

test('while too many passwords are hashed, signing in answers 503 and when to try again, and counts no failure', async () => {
  const { email } = await confirmed(stage, api);
  const operator = await insertOperator(stage.db.database, slug);
  {
    await using _full = fullQueue();
    for (let i = 0; i < 11; i += 1) {
      const portal = await signInFrom(consoleClient(stage.url), slug, email);
      expect([portal.status, portal.headers.get('retry-after')]).toEqual([503, '5']);
      expect(portal.html).toContain('Too much is going on at this moment. Please try again in a few seconds.');
      expect(portal.html).toContain(`value="${email}"`);
      const console = await consoleClient(stage.url).signIn(operator.email);
      expect([console.status, console.headers.get('retry-after')]).toEqual([503, '5']);
      expect(console.html).toContain('Too much is going on at this moment. Try again in a few seconds.');
      expect(console.html).toContain(`value="${operator.email}"`);
    }
  }
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(303);
  expect((await consoleClient(stage.url).signIn(operator.email)).status).toBe(303);
});

test('while too many passwords are hashed, no password is changed, and the page says when to try again', async () => {
  const { email } = await confirmed(stage, api);
  const operator = await insertOperator(stage.db.database, slug);
  const { client } = await signedInBrowser(stage, slug, email);
  const console = consoleClient(stage.url);
  await console.signIn(operator.email);
  const password = 'nine quiet owls read slowly';
  const typed = { currentPassword: PASSWORD, password, passwordAgain: password };
  {
    await using _full = fullQueue();
    for (const answer of [
      await client.post(`/p/${slug}/account/password`, typed),
      await console.post('/console/account/password', typed),
    ]) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(answer.html).toContain('Too much is going on at this moment.');
    }
  }
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(303);
});
