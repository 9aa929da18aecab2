import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { AccountEmail, Event, Operator, PasswordResetRequest, type Portal } from '../../db/entities/index.ts';
import { operatorPasswordResetToken } from '../../links/operator-link-token.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { operatorLink } from '../harness/operator-links.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine quiet owls read slowly';
const TYPED = { password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };
const HOUR_MS = 3_600_000;

let stage: Stage;
let portal: Portal;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database, { name: 'Zenith Support' });
});
beforeEach(() => em().execute('delete from rate_limits'));
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const browser = () => consoleClient(stage.url);
const ask = (email: string) => browser().post('/console/forgotten-password', { email });
const newOperator = () => insertOperator(stage.db.database, portal.slug);
const mailsTo = (email: string) => stage.sink.mails.filter(({ recipients }) => recipients.includes(email)).length;
/** Until every asking is dealt with. */
const done = () =>
  eventually(async () => (await em().count(PasswordResetRequest, {})) === 0, 'the end of all password resets');
const row = (id: string) => em().findOneOrFail(Operator, id, { populate: ['passwordHash'] });

async function linkFor(id: string, end = new Date(Date.now() + HOUR_MS)): Promise<string> {
  const { passwordHash } = await row(id);
  const token = operatorPasswordResetToken(stage.services.linkKeys, { id, passwordHash: passwordHash! }, end);
  return `/console/sign-in/new-password/${token}`;
}

test('an operator who forgot the password is mailed a link, chooses a new one, and every session before is over', async () => {
  const { id, email } = await newOperator();
  const before = browser();
  await before.signIn(email);
  expect((await browser().get('/console/sign-in')).html).toContain('href="/console/forgotten-password"');
  expect((await browser().get('/console/forgotten-password')).html).toContain('Send me a link');
  const sent = await ask(` ${email.toUpperCase()} `);
  expect([sent.status, sent.location]).toEqual([303, '/console/forgotten-password?sent=1']);
  expect((await browser().get(sent.location!)).html).toContain('Look into your mailbox');

  const path = await operatorLink(stage, email, 'new-password');
  const client = browser();
  for (let i = 0; i < 2; i += 1) {
    const opened = await client.get(path);
    expect([opened.status, opened.headers.get('referrer-policy')]).toEqual([200, 'strict-origin']);
  }
  expect((await before.get('/console/account')).status).toBe(200);
  const changed = await client.post(path, TYPED);
  expect([changed.status, changed.location]).toEqual([303, '/console/sign-in?done=password']);
  expect(client.cookies.size).toBe(0);
  expect((await client.get(changed.location!)).html).toContain('Your password was changed');
  expect((await before.get('/console/account')).status).toBe(303);
  expect((await browser().signIn(email)).status).toBe(401);
  expect((await browser().signIn(email, NEW_PASSWORD)).status).toBe(303);
  expect(await row(id)).toMatchObject({ passwordSetBy: 'self', addressProvedAt: expect.any(Date) });
  const [event] = await em().find(Event, { portal: portal.id }, { orderBy: { id: 'desc' }, limit: 1 });
  const data = { operatorId: id, changed: ['password'], by: 'link' };
  expect(event).toMatchObject({ type: 'operator_changed', actor: `operator/${id}`, data });

  expect([(await browser().get(path)).status, (await browser().post(path, TYPED)).status]).toEqual([410, 410]);
  await done();
});

test('the answer is the same for every address, and only an operator with a password is mailed', async () => {
  const known = await newOperator();
  const removed = await newOperator();
  await stage.admin.delete(`/v1/portals/${portal.slug}/operators/${removed.id}`).expecting(204);
  const pending = 'pending@example.com';
  await stage.admin
    .post(`/v1/portals/${portal.slug}/operators`, { email: pending, name: 'Penny', role: 'staff' })
    .expecting(201);
  await operatorLink(stage, pending, 'invitation');
  const answers = [];
  for (const email of [known.email, removed.email, pending, 'nobody@example.com', 'nonsense', '']) {
    const { status, location, headers, html } = await ask(email);
    answers.push([status, location, [...headers].filter(([name]) => name !== 'date'), html]);
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  await operatorLink(stage, known.email, 'new-password');
  await done();
  expect([mailsTo(removed.email), mailsTo(pending), mailsTo('nobody@example.com')]).toEqual([0, 1, 0]);
});

test('a flood of askings is not told from one, and fills nobody’s mailbox', async () => {
  const { email } = await newOperator();
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask(email)));
  for (const { location } of answers) expect(location).toBe('/console/forgotten-password?sent=1');
  await operatorLink(stage, email, 'new-password', 3);
  await done();
  expect(mailsTo(email)).toBe(3);
});

test.each([
  ['two passwords', { ...TYPED, passwordAgain: `${NEW_PASSWORD}!` }, 'The two passwords are not the same.'],
  ['a short password', { password: 'short', passwordAgain: 'short' }, 'Use at least 15 characters'],
  ['a portal’s name', { password: 'Zenith Support 1', passwordAgain: 'Zenith Support 1' }, 'too easy to guess'],
  [
    'the current password',
    { password: OPERATOR_PASSWORD, passwordAgain: OPERATOR_PASSWORD },
    'This is the current password.',
  ],
  ['nothing', {}, 'Use at least 15 characters'],
])('%s are refused on the page, and the link stays good', async (_title, fields: Record<string, string>, sentence) => {
  const { id } = await newOperator();
  const path = await linkFor(id);
  const { status, html } = await browser().post(path, fields);
  expect([status, html.includes(sentence)]).toEqual([422, true]);
  expect((await browser().post(path, TYPED)).status).toBe(303);
});

test('expired, forged and overtaken links, and those of an operator who was removed, are all the same dead link', async () => {
  const { id, email } = await newOperator();
  const removed = await newOperator();
  const good = await linkFor(id);
  const dead = [
    await linkFor(id, new Date(Date.now() - 1_000)),
    `${good.slice(0, -2)}`,
    '/console/sign-in/new-password/nonsense',
    good.replace('new-password', 'invitation'),
    await linkFor(removed.id),
  ];
  await stage.admin.delete(`/v1/portals/${portal.slug}/operators/${removed.id}`).expecting(204);
  for (const path of dead) {
    const [opened, sent] = [await browser().get(path), await browser().post(path, TYPED)];
    expect([path, opened.status, sent.status]).toEqual([path, 410, 410]);
  }
  const theirs = browser();
  await theirs.signIn(email);
  const fields = { currentPassword: OPERATOR_PASSWORD, ...TYPED };
  expect((await theirs.post('/console/account/password', fields)).status).toBe(303);
  expect((await browser().post(good, TYPED)).status).toBe(410);
});

test('of two resets at once one counts', async () => {
  const { id } = await newOperator();
  const path = await linkFor(id);
  const answers = await Promise.all([browser().post(path, TYPED), browser().post(path, TYPED)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410]);
});

test('with Temporal down the answer is the same, and the mail goes out later', async () => {
  const { email } = await newOperator();
  const { start } = stage.services.passwordResets;
  stage.services.passwordResets.start = () => Promise.reject(new Error('Temporal is down'));
  expect((await ask(email)).location).toBe('/console/forgotten-password?sent=1');
  stage.services.passwordResets.start = start;
  const [waiting] = await em().find(PasswordResetRequest, { portal: null });
  expect(waiting!.emailKey).toBe(email);
  await start(waiting!.id); // what the housekeeping does
  await operatorLink(stage, email, 'new-password');
});

test('an operator is told of a changed password by e-mail, which has no token', async () => {
  const { id, email } = await newOperator();
  const theirs = browser();
  await theirs.signIn(email);
  await theirs.post('/console/account/password', { currentPassword: OPERATOR_PASSWORD, ...TYPED });
  const mail = await stage.sink.mailTo(email);
  expect(mail.subject).toBe('Your password for Portal Invitations was changed');
  expect(mail.text).toContain(`${stage.url}/console/forgotten-password\n`);
  expect(mail.text).toMatch(/was changed on .+ \(UTC\)\. If you changed it yourself/);
  expect(mail.text).not.toMatch(/new-password\/|invitation\//);
  expect(await em().count(AccountEmail, { operator: id, kind: 'password_changed' })).toBe(1);

  const refused = { currentPassword: NEW_PASSWORD, ...TYPED };
  expect((await theirs.post('/console/account/password', refused)).html).toContain('This is the current password.');
  expect(await em().count(AccountEmail, { operator: id })).toBe(1);
});
