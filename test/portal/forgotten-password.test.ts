import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event, PasswordResetRequest, Portal, PortalUser } from '../../db/entities/index.ts';
import { passwordResetToken } from '../../links/password-reset-token.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { invite } from '../harness/invite.ts';
import { readPortalUser } from '../harness/rows.ts';
import { confirmed, signedInBrowser, signInFrom } from '../harness/sign-in-as.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine quiet owls read slowly';
const TYPED = { password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };

let stage: Stage;
let slug: string;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api } = await stage.openPortal({ color: '#0b6e4f', senderName: 'Acme Support' }));
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const browser = () => consoleClient(stage.url);
const forget = () => em().execute('delete from rate_limits');
const ask = (email: string, at = slug) => browser().post(`/p/${at}/forgotten-password`, { email });
/** Until every asking is dealt with. */
const done = () =>
  eventually(async () => (await em().count(PasswordResetRequest, {})) === 0, 'the end of all password resets');

/** The path of the link in somebody's n-th e-mail. */
async function linkTo(email: string, n = 2): Promise<string> {
  const { text } = await stage.sink.mailTo(email, n);
  return new URL(/^http\S+\/reset\/\S+$/m.exec(text!)![0]).pathname;
}

async function tokenFor(id: string, end: Date): Promise<string> {
  return passwordResetToken(stage.services.linkKeys, await readPortalUser(stage.db.database, id), end);
}

test('who forgot the password is mailed a link, chooses a new one, and every session before is over', async () => {
  await forget();
  const { id, email } = await confirmed(stage, api);
  const before = await signedInBrowser(stage, slug, email);
  const form = await browser().get(`/p/${slug}/forgotten-password`);
  expect([form.status, form.html.includes('Send me a link')]).toEqual([200, true]);
  const sent = await ask(` ${email.toUpperCase()} `);
  expect([sent.status, sent.location]).toEqual([303, `/p/${slug}/forgotten-password?sent=1`]);
  expect((await browser().get(sent.location!)).html).toContain('Please look into your mailbox');

  const path = await linkTo(email);
  const client = browser();
  for (let i = 0; i < 2; i += 1) {
    const opened = await client.get(path);
    expect(opened.status).toBe(200);
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(opened.html).toContain(`value="${email}"`);
  }
  expect(await before.opens()).toBe(true);

  const changed = await client.post(path, TYPED);
  expect([changed.status, changed.location]).toEqual([303, `/p/${slug}/sign-in?done=password`]);
  expect(client.cookies.size).toBe(0);
  expect((await client.get(changed.location!)).html).toContain('Your password was changed.');
  expect(await before.opens()).toBe(false);
  expect((await signInFrom(browser(), slug, email)).status).toBe(401);
  expect((await signInFrom(client, slug, email, NEW_PASSWORD)).status).toBe(303);
  const [event] = await em().find(Event, { portalUser: id }, { orderBy: { id: 'desc' }, limit: 1 });
  expect(event).toMatchObject({ type: 'portal_user_password_changed', actor: 'portal_user', data: { by: 'link' } });

  const dead = await browser().get(path);
  expect([dead.status, dead.html.includes('does not work any more')]).toEqual([410, true]);
  expect((await browser().post(path, { ...TYPED, password: PASSWORD, passwordAgain: PASSWORD })).status).toBe(410);
  expect((await signInFrom(browser(), slug, email, NEW_PASSWORD)).status).toBe(303);
  await done();
});

test('the e-mail has the language of the portal user and the looks of the portal', async () => {
  await forget();
  const { email } = await confirmed(stage, api, { locale: 'de', name: 'Jürgen <Äpfel>' });
  await ask(email);
  const mail = await stage.sink.mailTo(email, 2);
  expect(mail.subject).toBe('Ein neues Passwort für Acme Help Center');
  expect(mail.from?.value).toEqual([{ name: 'Acme Support', address: 'invitations@portal.example' }]);
  expect(mail.text).toContain('Guten Tag Jürgen <Äpfel>,');
  expect(mail.html).toContain('Guten Tag Jürgen &lt;Äpfel&gt;,');
  expect(mail.html).toContain('background:#0b6e4f');
  expect(mail.html).toContain('<html lang="de">');
  const page = await browser().get(await linkTo(email));
  expect(page.html).toMatch(/<html lang="de">[\s\S]*Neues Passwort wählen/);
});

test('whoever asks for whatever address gets the same answer, and only who may be here gets a mail', async () => {
  await forget();
  const [known, gone, waiting] = [await confirmed(stage, api), await confirmed(stage, api), await invite(stage, api)];
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  const elsewhere = await stage.openPortal();
  const other = await confirmed(stage, elsewhere.api);
  const answers = [];
  for (const email of [known.email, gone.email, waiting.email, other.email, 'nobody@example.com', 'nonsense', '']) {
    const { status, location, headers, html } = await ask(email);
    answers.push([status, location, [...headers].filter(([name]) => name !== 'date'), html]);
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  await linkTo(known.email);
  await done();
  expect([waiting.mails(), gone.mails(), other.mails()]).toEqual([1, 1, 1]);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes('nobody@example.com'))).toEqual([]);
});

test('a flood of askings is not told from one, and fills nobody’s mailbox', async () => {
  await forget();
  const { email, mails } = await confirmed(stage, api);
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(email)));
  for (const { status, location } of answers) {
    expect([status, location]).toEqual([303, `/p/${slug}/forgotten-password?sent=1`]);
  }
  await linkTo(email, 4);
  await done();
  expect(mails()).toBe(4); // the invitation and three
  const rows = await em().execute<{ key: string }[]>('select key from rate_limits');
  expect(JSON.stringify(rows)).not.toMatch(/person|example|127/);
});

test('a network that asks for many addresses is slowed down, at that portal only', async () => {
  await forget();
  const { email, mails } = await confirmed(stage, api);
  for (let i = 0; i < 50; i += 1) await ask(`nobody.${i}@example.com`);
  expect((await ask(email)).status).toBe(303);
  const elsewhere = await stage.openPortal();
  const colleague = await confirmed(stage, elsewhere.api);
  await ask(colleague.email, elsewhere.slug);
  await linkTo(colleague.email);
  await done();
  expect(mails()).toBe(1);
});

test.each([
  ['two passwords', { ...TYPED, passwordAgain: `${NEW_PASSWORD}!` }, 'The two passwords are not the same.'],
  ['a short password', { password: 'short', passwordAgain: 'short' }, 'Please use at least 15 characters.'],
  ['nothing', {}, 'Please use at least 15 characters.'],
])('%s are refused on the page, and the link stays good', async (_title, fields: Record<string, string>, sentence) => {
  const { id } = await confirmed(stage, api);
  const path = `/p/${slug}/reset/${await tokenFor(id, new Date(Date.now() + 3_600_000))}`;
  const { status, html } = await browser().post(path, fields);
  expect([status, html.includes(sentence)]).toEqual([422, true]);
  expect((await browser().post(path, TYPED)).status).toBe(303);
});

test('expired, forged, foreign and overtaken links are all the same dead link', async () => {
  const user = await confirmed(stage, api);
  const good = await tokenFor(user.id, new Date(Math.ceil(Date.now() / 1000 + 60) * 1000));
  const elsewhere = await stage.openPortal();
  await confirmed(stage, elsewhere.api);
  const deactivated = await confirmed(stage, api);
  const deactivatedToken = await tokenFor(deactivated.id, new Date(Date.now() + 3_600_000));
  await api.post(`/users/${deactivated.id}/deactivate`).expecting(200);
  const waiting = await invite(stage, api);
  const forged = Buffer.from(good, 'base64url');
  forged.writeUInt32BE(forged.readUInt32BE(17) + 3_600, 17);
  const dead = [
    `/p/${slug}/reset/${await tokenFor(user.id, new Date(Date.now() - 1_000))}`,
    `/p/${slug}/reset/${forged.toString('base64url')}`,
    `/p/${slug}/reset/${good.slice(0, -2)}`,
    `/p/${slug}/reset/nonsense`,
    `/p/${slug}/reset/%00`,
    `/p/${slug}/reset/${user.link.split('/').at(-1)}`,
    `/p/${slug}/reset/${deactivatedToken}`,
    `/p/${slug}/reset/${await tokenFor(waiting.id, new Date(Date.now() + 3_600_000))}`,
    `/p/${elsewhere.slug}/reset/${good}`,
  ];
  const { passwordHash } = await readPortalUser(stage.db.database, user.id);
  for (const path of dead) {
    const [opened, sent] = [await browser().get(path), await browser().post(path, TYPED)];
    expect([path, opened.status, sent.status, opened.html.includes('does not work any more')]).toEqual([
      path,
      410,
      410,
      true,
    ]);
  }
  expect((await readPortalUser(stage.db.database, user.id)).passwordHash).toBe(passwordHash);
  expect((await fetch(`${stage.url}/confirm/${good}`)).status).toBe(404);
  expect((await browser().get(`/p/${slug}/reset/${good}`)).status).toBe(200);
});

test('a password that is changed otherwise kills the link, and of two at once one counts', async () => {
  const { id, email } = await confirmed(stage, api);
  const path = `/p/${slug}/reset/${await tokenFor(id, new Date(Date.now() + 3_600_000))}`;
  const answers = await Promise.all([browser().post(path, TYPED), browser().post(path, TYPED)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410]);
  const second = `/p/${slug}/reset/${await tokenFor(id, new Date(Date.now() + 3_600_000))}`;
  const { client } = await signedInBrowser(stage, slug, email, NEW_PASSWORD);
  const fields = { currentPassword: NEW_PASSWORD, password: PASSWORD, passwordAgain: PASSWORD };
  expect((await client.post(`/p/${slug}/account/password`, fields)).status).toBe(303);
  expect((await browser().get(second)).status).toBe(410);
});

test('who was confirmed without a password gets one this way', async () => {
  await forget();
  const { id, email } = await confirmed(stage, api);
  await em().nativeUpdate(PortalUser, { id }, { passwordHash: null });
  expect((await signInFrom(browser(), slug, email)).status).toBe(401);
  await ask(email);
  const path = await linkTo(email);
  expect((await browser().post(path, TYPED)).status).toBe(303);
  expect((await signInFrom(browser(), slug, email, NEW_PASSWORD)).status).toBe(303);
  expect((await browser().get(path)).status).toBe(410);
});

test('no address crosses to Temporal', async () => {
  await forget();
  const { email } = await confirmed(stage, api);
  const { passwordResets } = stage.services;
  const { start } = passwordResets;
  let started = '';
  passwordResets.start = (id) => {
    started = id;
    return start(id);
  };
  await ask(email);
  passwordResets.start = start;
  await linkTo(email);
  await done();
  const handle = stage.worker.client.workflow.getHandle(`password-reset/${started}`);
  expect(await handle.result()).toEqual({ delivery: 'sent' });
  const history = JSON.stringify(await handle.fetchHistory());
  const plain = history.replaceAll(/"data":"([^"]+)"/g, (_all, data) => Buffer.from(data, 'base64').toString());
  expect(plain).toContain(started);
  expect(plain).not.toMatch(new RegExp(`${email}|Jane|/reset/`));
});

test('with Temporal down the answer is the same, and the mail goes out later', async () => {
  await forget();
  const { email } = await confirmed(stage, api);
  const { start } = stage.services.passwordResets;
  stage.services.passwordResets.start = () => Promise.reject(new Error('Temporal is down'));
  const sent = await ask(email);
  stage.services.passwordResets.start = start;
  expect([sent.status, sent.location]).toEqual([303, `/p/${slug}/forgotten-password?sent=1`]);
  const { id: portalId } = await em().findOneOrFail(Portal, { slug });
  const [row] = await em().find(PasswordResetRequest, { portal: portalId });
  expect(row!.emailKey).toBe(email);
  await start(row!.id); // what the housekeeping does
  await linkTo(email);
  await done();
});
