import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AccountEmail, Event, Operator, type Portal, PortalOperator } from '../../db/entities/index.ts';
import { type ConsoleClient, consoleClient } from '../harness/console-client.ts';
import { acceptInvitation, operatorLink } from '../harness/operator-links.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const NEW_PASSWORD = 'nine small boats sail home';
const TYPED = { password: NEW_PASSWORD, passwordAgain: NEW_PASSWORD };

let stage: Stage;
let alpha: Portal;
let beta: Portal;
let betaOwner: ConsoleClient;
beforeAll(async () => {
  stage = await setStage();
  [alpha, beta] = [await insertPortal(stage.db.database), await insertPortal(stage.db.database, { name: 'Beta Desk' })];
  betaOwner = await signedIn((await insertOperator(stage.db.database, beta.slug)).email);
});
afterAll(() => stage.close());

const em = () => stage.db.database.em.fork();
const browser = () => consoleClient(stage.url);

async function signedIn(email: string, password?: string): Promise<ConsoleClient> {
  const client = browser();
  await client.signIn(email, password);
  return client;
}

const inviteToBeta = async (email: string, role = 'staff') =>
  expect((await betaOwner.post(`/console/${beta.slug}/settings/operators`, { name: 'Nora', email, role })).status).toBe(
    303,
  );
const statusAt = async (client: ConsoleClient, { slug }: Portal) => (await client.get(`/console/${slug}/users`)).status;
const row = (email: string) => em().findOneOrFail(Operator, { email }, { populate: ['passwordHash'] });
const notices = (email: string) => em().count(AccountEmail, { toAddress: email, kind: 'password_changed' });

test('a password that an owner of one portal knows opens no other portal, and ends when another membership is accepted', async () => {
  // An operator of the previous release: the owner of alpha was shown this password.
  const { id, email } = await insertOperator(stage.db.database, alpha.slug, 'staff', { passwordSetBy: 'other' });
  const spy = await signedIn(email);
  await inviteToBeta(email, 'owner');
  const link = await operatorLink(stage, email, 'invitation');
  expect(await statusAt(spy, beta)).toBe(404);
  expect((await browser().post(link, { currentPassword: OPERATOR_PASSWORD })).status).toBe(422);
  const unchanged = await browser().post(link, { password: OPERATOR_PASSWORD, passwordAgain: OPERATOR_PASSWORD });
  expect([unchanged.status, unchanged.html.includes('This is the current password')]).toEqual([422, true]);
  expect(await statusAt(spy, beta)).toBe(404);

  expect((await browser().post(link, TYPED)).location).toBe('/console/sign-in?done=accepted');
  expect(await statusAt(spy, alpha)).toBe(303); // to the sign-in
  expect((await browser().signIn(email)).status).toBe(401);
  const theirs = await signedIn(email, NEW_PASSWORD);
  expect([await statusAt(theirs, alpha), await statusAt(theirs, beta)]).toEqual([200, 200]);
  expect(await row(email)).toMatchObject({ id, passwordSetBy: 'self', addressProvedAt: expect.any(Date) });
  expect(await notices(email)).toBe(1);
});

test('a new operator chooses a password by the link, twice, and is not told of a changed one', async () => {
  const email = 'new@corp.example';
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const client = browser();
  for (let i = 0; i < 2; i += 1) {
    const opened = await client.get(link);
    expect([opened.status, opened.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(opened.headers.get('referrer-policy')).toBe('strict-origin');
    for (const part of ['Work for <bdi>Beta Desk</bdi>', email, 'Choose a password'])
      expect(opened.html).toContain(part);
  }
  for (const [fields, sentence] of [
    [{}, 'Use at least 15 characters'],
    [{ ...TYPED, passwordAgain: 'another one' }, 'The two passwords are not the same.'],
    [{ password: 'Beta Desk 12345', passwordAgain: 'Beta Desk 12345' }, 'too easy to guess'],
  ] as const) {
    const refused = await client.post(link, fields);
    expect([refused.status, refused.html.includes(sentence)]).toEqual([422, true]);
  }
  const accepted = await client.post(link, TYPED);
  expect([accepted.status, accepted.location]).toEqual([303, '/console/sign-in?done=accepted']);
  expect((await client.get(accepted.location!)).html).toContain('You have accepted the invitation.');
  expect(client.cookies.size).toBe(0);
  expect(await statusAt(await signedIn(email, NEW_PASSWORD), beta)).toBe(200);
  expect(await notices(email)).toBe(0);
  const used = await browser().get(link);
  expect([used.status, used.html.includes('This link does not work any more')]).toEqual([410, true]);
});

test('an operator with a password of their own types it to accept, a wrong one is counted, and the button alone does nothing', async () => {
  const { email } = await insertOperator(stage.db.database, alpha.slug, 'staff');
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const theirs = await signedIn(email);
  expect((await theirs.get(link)).html).toContain('Your password');
  for (const fields of [{}, TYPED, { currentPassword: 'a wrong guess' }]) {
    const refused = await theirs.post(link, fields);
    expect([refused.status, refused.html.includes('This is not your password')]).toEqual([422, true]);
  }
  expect(await statusAt(theirs, beta)).toBe(404);
  const before = await row(email);
  expect((await browser().post(link, { currentPassword: OPERATOR_PASSWORD })).status).toBe(303);
  expect(await statusAt(theirs, beta)).toBe(200);
  expect(await row(email)).toEqual(before);
  const [event] = await em().find(Event, { portal: beta.id }, { orderBy: { id: 'desc' }, limit: 1 });
  expect(event).toMatchObject({ type: 'operator_accepted', actor: `operator/${before.id}` });
});

test('guesses at the password by a link are as few as at the sign-in', async () => {
  const { email } = await insertOperator(stage.db.database, alpha.slug, 'staff');
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const client = browser();
  for (let i = 0; i < 10; i += 1) await client.post(link, { currentPassword: `guess ${i}` });
  const { status, html } = await client.post(link, { currentPassword: OPERATOR_PASSWORD });
  expect([status, html.includes('Too many sign-ins failed')]).toEqual([422, true]);
  await em().execute('delete from rate_limits');
});

test('of two who accept at once one does, and the other link is dead', async () => {
  const email = 'twice@corp.example';
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const other = { password: 'the other of two passwords', passwordAgain: 'the other of two passwords' };
  const answers = await Promise.all([browser().post(link, TYPED), browser().post(link, other)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 410]);
  const winner = [NEW_PASSWORD, other.password][answers.findIndex(({ status }) => status === 303)]!;
  expect((await browser().signIn(email, winner)).status).toBe(303);
  expect(
    await em().count(Event, {
      portal: beta.id,
      type: 'operator_accepted',
      data: { operatorId: (await row(email)).id },
    }),
  ).toBe(1);
});

test('of two portals’ links of a new operator each accepts its own, and the second asks for the password chosen by the first', async () => {
  const alphaOwner = await signedIn((await insertOperator(stage.db.database, alpha.slug)).email);
  const email = 'both@corp.example';
  await alphaOwner.post(`/console/${alpha.slug}/settings/operators`, { name: 'Nora', email, role: 'staff' });
  const first = await operatorLink(stage, email, 'invitation', 1);
  await inviteToBeta(email);
  const second = await operatorLink(stage, email, 'invitation', 2);
  const answers = await Promise.all([browser().post(first, TYPED), browser().post(second, TYPED)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 422]);
  expect(await em().count(PortalOperator, { operator: { email }, acceptedAt: { $ne: null } })).toBe(1);
  const left = answers[0]!.status === 303 ? second : first;
  expect((await browser().post(left, TYPED)).status).toBe(422);
  expect((await browser().post(left, { currentPassword: NEW_PASSWORD })).status).toBe(303);
  expect(await em().count(PortalOperator, { operator: { email }, acceptedAt: { $ne: null } })).toBe(2);
});

test('expired, forged, cut and foreign links are all the same dead link, and change nothing', async () => {
  const email = 'late@corp.example';
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const token = link.split('/').at(-1)!;
  const forged = Buffer.from(token, 'base64url');
  forged.writeUInt32BE(2, 17);
  const dead = [
    forged.toString('base64url'),
    token.slice(0, -2),
    'nonsense',
    '%00',
    token.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
  ].map((text) => `/console/sign-in/invitation/${text}`);
  dead.push(`/console/sign-in/new-password/${token}`);
  for (const path of dead) {
    const [opened, sent] = [await browser().get(path), await browser().post(path, TYPED)];
    expect([path, opened.status, sent.status]).toEqual([path, 410, 410]);
    expect(opened.html).toContain('This link does not work any more');
  }
  expect((await fetch(`${stage.url}/confirm/${token}`)).status).toBe(404);
  await em().nativeUpdate(PortalOperator, { operator: { email } }, { linkExpiresAt: new Date(Date.now() - 1_000) });
  expect((await browser().get(link)).status).toBe(410);
  expect((await acceptInvitation(stage, email)).status).toBe(410);
  expect((await row(email)).passwordHash).toBeNull();
  const { html } = await betaOwner.get(`/console/${beta.slug}/settings/operators`);
  expect(html).toMatch(/late@corp\.example[\s\S]*?The link expired/);
});

test('accepting ends the session of another operator in this browser, and the page says so', async () => {
  const email = 'shared@corp.example';
  await inviteToBeta(email);
  const link = await operatorLink(stage, email, 'invitation');
  const { email: other } = await insertOperator(stage.db.database, alpha.slug);
  const client = await signedIn(other);
  const accepted = await client.post(link, TYPED);
  expect(accepted.location).toBe('/console/sign-in?done=accepted&other=1');
  const { status, html } = await client.get(accepted.location!);
  expect([status, html.includes('The person who was signed in in this browser was signed out.')]).toEqual([200, true]);
  expect((await client.get('/console/account')).status).toBe(303);
});
