import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { invite } from '../harness/invite.ts';
import { insertOperator, readPortalUser } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

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

const em = () => stage.db.database.em.fork();

test('a network over its limit at one portal is not at another one, nor at the console', async () => {
  await em().execute('delete from rate_limits');
  const elsewhere = await stage.openPortal();
  const [here, blamed] = [await confirmed(stage, api), await confirmed(stage, api)];
  const there = await confirmed(stage, elsewhere.api);
  const operator = await insertOperator(stage.db.database, slug);
  await signInFrom(consoleClient(stage.url), elsewhere.slug, there.email, 'one wrong password');
  await consoleClient(stage.url).signIn(operator.email, 'one wrong password');
  await signInFrom(consoleClient(stage.url), slug, blamed.email, 'one wrong password');
  const many = Array.from({ length: 100 }, (_, i) =>
    signInFrom(consoleClient(stage.url), slug, `nobody.${i}@example.com`, 'a common password'),
  );
  await Promise.all(many);

  expect((await signInFrom(consoleClient(stage.url), slug, blamed.email)).status).toBe(429);
  expect((await signInFrom(consoleClient(stage.url), elsewhere.slug, there.email)).status).toBe(303);
  expect((await consoleClient(stage.url).signIn(operator.email)).status).toBe(303);
  expect((await signInFrom(consoleClient(stage.url), slug, here.email)).status).toBe(303);
});

/** As after a hundred failures in a row: what the counts would be. */
const fullRow = () => em().execute("update rate_limits set points = 100 where key like 'sign-in-row:%'");

test('after a hundred failures in a row the page leads to a new password by e-mail, in both languages', async () => {
  await em().execute('delete from rate_limits');
  const { email } = await confirmed(stage, api);
  await signInFrom(consoleClient(stage.url), slug, email, 'one wrong password');
  await fullRow();
  const { status, html } = await signInFrom(consoleClient(stage.url), slug, email);
  expect(status).toBe(429);
  expect(html).toContain('Too many sign-ins failed in a row. Please sign in with a browser that you have used before');
  expect(html).toContain(`href="/p/${slug}/forgotten-password"`);
  const fields = { email, password: PASSWORD };
  const german = await consoleClient(stage.url).post(`/p/${slug}/sign-in`, fields, { 'accept-language': 'de' });
  expect(german.html).toContain('Zu viele Anmeldungen hintereinander sind gescheitert.');
});

test('a password reset by link takes all failures back: of this network, of others, of known browsers', async () => {
  await em().execute('delete from rate_limits');
  const [user, other] = [await confirmed(stage, api), await confirmed(stage, api)];
  const { client: known } = await signedInBrowser(stage, slug, user.email);
  await guess(other.email);
  await guess(user.email);
  await guess(user.email, known);
  await fullRow();
  expect((await signInFrom(known, slug, user.email)).status).toBe(429);

  await consoleClient(stage.url).post(`/p/${slug}/forgotten-password`, { email: user.email });
  const { text } = await stage.sink.mailTo(user.email, 2);
  const link = new URL(/^http\S+\/reset\/\S+$/m.exec(text!)![0]).pathname;
  const typed = { password: 'nine quiet owls read slowly', passwordAgain: 'nine quiet owls read slowly' };
  expect((await consoleClient(stage.url).post(link, typed)).status).toBe(303);
  expect((await signInFrom(consoleClient(stage.url), slug, user.email, typed.password)).status).toBe(303);
  expect((await signInFrom(known, slug, user.email, typed.password)).status).toBe(303);
  expect((await signInFrom(consoleClient(stage.url), slug, other.email)).status).toBe(429);
});

test('who failed to sign in before confirming can sign in after it', async () => {
  await em().execute('delete from rate_limits');
  const { email, link } = await invite(stage, api);
  await guess(email);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(429);
  await submitPassword(link);
  expect((await signInFrom(consoleClient(stage.url), slug, email)).status).toBe(303);
});

test('attempts are counted before a new password is judged, and that before the current one is checked', async () => {
  const { email } = await confirmed(stage, api);
  const { client } = await signedInBrowser(stage, slug, email);
  const change = (currentPassword: string) =>
    client.post(`/p/${slug}/account/password`, {
      currentPassword,
      password: 'mypasswordis123',
      passwordAgain: 'mypasswordis123',
    });
  const judged = await change('a wrong password');
  expect([judged.status, judged.html.includes('too easy to guess'), judged.html.includes('not your current')]).toEqual([
    422,
    true,
    false,
  ]);
  await guess(email, client);
  const counted = await change(PASSWORD);
  expect(counted.html).toContain('Too many sign-ins failed.');
  expect(counted.html).not.toContain('too easy to guess');
});

test('new passwords are judged thirty times in a quarter of an hour: in the account, by a link, at the confirmation', async () => {
  await em().execute('delete from rate_limits');
  const [{ email, id }, waiting] = [await confirmed(stage, api), await invite(stage, api)];
  await em().execute('delete from rate_limits'); // confirming counts, too
  const { client } = await signedInBrowser(stage, slug, email);
  const weak = { currentPassword: PASSWORD, password: 'mypasswordis123', passwordAgain: 'mypasswordis123' };
  const link = `/p/${slug}/reset/${await passwordResetToken(
    stage.services.linkKeys,
    await readPortalUser(stage.db.database, id),
    new Date(Date.now() + 3_600_000),
  )}`;
  for (let i = 0; i < 15; i += 1) {
    expect((await client.post(`/p/${slug}/account/password`, weak)).status).toBe(422);
    expect((await client.post(link, weak)).status).toBe(422);
  }
  const confirmation = new URL(waiting.link).pathname;
  for (let i = 0; i < 30; i += 1) await client.post(confirmation, weak);
  for (const path of [`/p/${slug}/account/password`, link, confirmation]) {
    const { status, headers, html } = await client.post(path, weak);
    expect([path, status, html.includes('Too many new passwords were tried.')]).toEqual([path, 429, true]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800);
  }
  const { status, body } = await jsonConfirmation(waiting.link, weak.password);
  expect([status, body.code, body.reason]).toEqual([429, 'password_refused', 'too_many_passwords']);
});

async function jsonConfirmation(link: string, password: string) {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const response = await fetch(link, { method: 'POST', headers, body: JSON.stringify({ password }) });
  return { status: response.status, body: (await response.json()) as { code: string; reason: string } };
}
