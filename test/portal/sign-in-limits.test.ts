import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { confirmed, signedInBrowser, signInFrom } from './sign-in-as.ts';

/** Failed sign-ins of one portal user from one network. */
const LIMIT = 10;

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal());
});
afterAll(() => stage.close());

async function guess(email: string, client = consoleClient(stage.url)): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < LIMIT; i += 1) statuses.push((await signInFrom(client, slug, email, `guess number ${i}`)).status);
  return statuses;
}

test('after ten failures even the right password waits, in both languages, and nobody else does', async () => {
  const [{ email }, other] = [await confirmed(stage, api), await confirmed(stage, api)];
  expect(await guess(email)).toEqual(Array(LIMIT).fill(401));
  const { status, headers, html } = await signInFrom(consoleClient(stage.url), slug, email);
  expect(status).toBe(429);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
  expect(html).toContain('Too many sign-ins failed. Please try again in 15 minutes.');
  expect(html).toContain(`value="${email}"`);
  const german = { 'accept-language': 'de' };
  const fields = { email, password: PASSWORD };
  const deutsch = await consoleClient(stage.url).post(`/p/${slug}/sign-in`, fields, german);
  expect(deutsch.html).toContain('Bitte versuchen Sie es in 15 Minuten noch einmal.');
  expect((await signInFrom(consoleClient(stage.url), slug, other.email)).status).toBe(303);

  const nearlyOver = 'update rate_limits set expire = ?';
  await stage.db.database.em.fork().execute(nearlyOver, [Date.now() + 30_000]);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).html).toContain('try again in 1 minute.');
});

test('a browser that the portal user has signed in with before is not locked out, and is no master key', async () => {
  const [{ email }, other] = [await confirmed(stage, api), await confirmed(stage, api)];
  const { client: known } = await signedInBrowser(stage, slug, email);
  await known.post(`/p/${slug}/sign-out`);
  await guess(email);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(429);
  expect((await signInFrom(known, slug, email)).status).toBe(303);

  await guess(other.email);
  expect((await signInFrom(known, slug, other.email)).status).toBe(429);
  await guess(email, known);
  expect((await signInFrom(known, slug, email)).status).toBe(429);
});

test('who asks for the same address at another portal is counted apart', async () => {
  const elsewhere = await stage.openPortal();
  const { email } = await confirmed(stage, api);
  await elsewhere.api.post('/users', { email, name: 'Jane Doe' }).expecting(201);
  await guess(email);
  expect((await signInFrom(consoleClient(stage.url), elsewhere.slug, email)).status).toBe(401);
});

test('guesses at the current password count like those at the sign-in', async () => {
  const { email } = await confirmed(stage, api);
  const { client } = await signedInBrowser(stage, slug, email);
  const fields = { password: 'a quite good new password', passwordAgain: 'a quite good new password' };
  for (let i = 0; i < LIMIT; i += 1) {
    await client.post(`/p/${slug}/account/password`, { ...fields, currentPassword: `guess ${i}` });
  }
  const { status, html } = await client.post(`/p/${slug}/account/password`, { ...fields, currentPassword: PASSWORD });
  expect([status, html.includes('Too many sign-ins failed.')]).toEqual([422, true]);
});
