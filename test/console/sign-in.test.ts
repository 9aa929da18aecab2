import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashPassword } from '../../commands/passwords/password.ts';
import { Operator, type Portal } from '../../db/entities/index.ts';
import { consoleClient } from '../harness/console-client.ts';
import { insertOperator, insertPortal, OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let portal: Portal;
let operator: Awaited<ReturnType<typeof insertOperator>>;
beforeAll(async () => {
  stage = await setStage();
  portal = await insertPortal(stage.db.database);
  operator = await insertOperator(stage.db.database, portal.slug);
});
afterAll(() => stage.close());

async function withPassword(password: string): Promise<Operator> {
  const one = await insertOperator(stage.db.database, portal.slug);
  const passwordHash = await hashPassword(password);
  await stage.db.database.em.fork().nativeUpdate(Operator, { id: one.id }, { passwordHash });
  return one;
}

test('the right password leads to the portal', async () => {
  const client = consoleClient(stage.url);
  const answer = await client.signIn(operator.email);
  expect([answer.status, answer.location]).toEqual([303, '/console']);
  expect((await client.get('/console')).location).toBe(`/console/${portal.slug}/users`);
  const { html } = await client.get('/console/account');
  expect(html).toContain(operator.name);
  expect(html).toContain('Sign out');
});

test('the address is recognised in every spelling', async () => {
  const answer = await consoleClient(stage.url).signIn(` ${operator.email.toUpperCase()} `);
  expect(answer.status).toBe(303);
});

test('a wrong password and an unknown address get the same answer, without a session', async () => {
  const [known, unknown] = [operator.email, 'nobody@example.com'];
  const answers = [];
  for (const email of [known, unknown, 'not an address']) {
    const client = consoleClient(stage.url);
    const { status, headers, html } = await client.signIn(email, 'a wrong password, long enough');
    const varying = ['date', 'etag', 'content-length'];
    const same = [...headers].filter(([name]) => !varying.includes(name));
    answers.push({ status, headers: same, html: html.replace(email, 'E-MAIL') });
    expect([...client.cookies]).toEqual([]);
    expect((await client.get('/console/account')).status).toBe(303);
  }
  expect(answers[0]!.status).toBe(401);
  expect(answers[0]!.html).toContain('This e-mail address and password do not match.');
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test('a refused form keeps the address and the wanted page, never the password', async () => {
  const client = consoleClient(stage.url);
  const next = `/console/${portal.slug}/users?q=x`;
  const { html } = await client.post('/console/sign-in', { email: operator.email, password: 'not this one', next });
  expect(html).toContain(`value="${operator.email}"`);
  expect(html).toContain('value="/console/'.concat(portal.slug, '/users?q&#x3D;x"'));
  expect(html).not.toContain('not this one');
  const fields = { email: operator.email, password: OPERATOR_PASSWORD, next };
  expect((await client.post('/console/sign-in', fields)).location).toBe(next);
});

test('what was typed is shown as typed, never run', async () => {
  for (const email of ['"><script>alert(1)</script>', '{{operator}}', `${'🎉'.repeat(300)}`, 'ab\u202egnp.exe']) {
    const { status, html } = await consoleClient(stage.url).signIn(email, 'whatever it may be');
    expect(status).toBe(401);
    expect(html).not.toContain('<script>alert');
  }
});

test.each([
  ['no fields', {}],
  ['fields sent twice', { email: ['a@example.com', 'b@example.com'], password: ['x', 'y'] }],
  ['a password of a megabyte', { email: 'a@example.com', password: 'x'.repeat(90_000) }],
])('%s is a refused sign-in, no failure', async (_title, fields: Record<string, string | string[]>) => {
  expect((await consoleClient(stage.url).post('/console/sign-in', fields)).status).toBe(401);
});

test('NUL and a form beyond all measure are refused on a page', async () => {
  const client = consoleClient(stage.url);
  expect((await client.signIn('a\0@example.com')).status).toBe(400);
  expect((await client.signIn('a@example.com', 'x'.repeat(200_000))).status).toBe(413);
});

test.each([
  ['Pfützen, Ängste und 東京タワー', (password: string) => password.normalize('NFD')],
  ['🎉🎊🥳🎈🎁🎀🎂🍰🧁🍾🥂🎆🎇✨🦄🐙'.repeat(16), (password: string) => password],
])('the password %s opens, however a keyboard composes it', async (password, typed) => {
  const { email } = await withPassword(password.normalize('NFC'));
  expect([...password].length).toBeLessThanOrEqual(256);
  expect((await consoleClient(stage.url).signIn(email, typed(password))).status).toBe(303);
  expect((await consoleClient(stage.url).signIn(email, `${password}!`.slice(1))).status).toBe(401);
});

test('who works for no portal cannot sign in', async () => {
  const { email, id } = await insertOperator(stage.db.database, portal.slug);
  await stage.db.database.em.fork().execute('delete from portal_operators where operator_id = ?', [id]);
  const client = consoleClient(stage.url);
  const { status, html } = await client.signIn(email);
  expect([status, html.includes('do not match')]).toEqual([401, true]);
  expect(client.cookies.size).toBe(0);
});

test('the sign-in page says who is signed in, and offers to go on or to sign out', async () => {
  const client = consoleClient(stage.url);
  await client.signIn(operator.email);
  const { status, html } = await client.get('/console/sign-in?next=/console/account');
  expect(status).toBe(200);
  expect(html).toContain(`you are signed in as <strong class="typed">${operator.email}</strong>`);
  expect(html).toContain('<a role="button" href="/console/account">Continue</a>');
  expect(html).toContain('action="/console/sign-out"');
  expect(html).not.toContain('type="password"');
});

test('the sign-in page has its form for an operator who was removed from every portal', async () => {
  const { email, id } = await insertOperator(stage.db.database, portal.slug);
  const client = consoleClient(stage.url);
  await client.signIn(email);
  await stage.db.database.em.fork().execute('delete from portal_operators where operator_id = ?', [id]);
  const { status, html } = await client.get('/console/sign-in');
  expect([status, html.includes('type="password"'), html.includes(email)]).toEqual([200, true, false]);
});

test('signing out ends the session, and a copy of its cookie opens nothing', async () => {
  const client = consoleClient(stage.url);
  await client.signIn(operator.email);
  const copy = new Map(client.cookies);
  expect((await client.post('/console/sign-out')).location).toBe('/console/sign-in');
  const thief = consoleClient(stage.url);
  for (const [name, value] of copy) thief.cookies.set(name, value);
  expect((await thief.get('/console/account')).location).toMatch(/^\/console\/sign-in/);
});

test('no page of the console is kept by browsers or found by search engines', async () => {
  const { headers, html } = await consoleClient(stage.url).get('/console/sign-in');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-robots-tag')).toBe('noindex');
  expect(headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
  );
  expect(html).not.toMatch(/<script>|style=|onclick|https?:\/\//);
});
