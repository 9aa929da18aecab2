import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitForm, submitPassword } from '../harness/confirm.ts';
import { askForJson, coolDown, expectProblem, expireLink, invite, mailed, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal({ reInviteCooldownSeconds: 0 }));
});
afterAll(() => stage.close());

type Person = Awaited<ReturnType<typeof invite>>;

const ask = (link: string, email: string) => submitForm(`${link}/new-link`, { email });
const askAsProgram = (link: string, body: unknown, headers: Record<string, string> = {}) =>
  askForJson(`${link}/new-link`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
const forget = () => stage.db.database.em.fork().execute('delete from rate_limits');

async function expired(staff = api, details: Record<string, unknown> = {}): Promise<Person> {
  const person = await invite(stage, staff, details);
  await expireLink(stage, person.id);
  return person;
}

test('an invitee whose link expired types the invited address and is mailed a new link', async () => {
  const { id, email, link, linkOf, mails, events, row } = await expired();
  const page = await fetch(link);
  const html = await page.text();
  expect([page.status, html.includes('<h1>This link has expired</h1>')]).toEqual([410, true]);
  expect(html).toContain(`<form method="post" action="${new URL(link).pathname}/new-link">`);
  expect(html).toMatch(/<input id="email" name="email" type="email" value=""/);
  expect(html).not.toContain(email);

  const asked = await ask(link, `  ${email.toUpperCase()} `);
  const answer = await asked.text();
  expect([asked.status, answer.includes('A new link is on its way')]).toEqual([202, true]);
  expect(answer).not.toContain(email);
  const fresh = await linkOf(2);
  expect([(await fetch(fresh)).status, mails()]).toEqual([200, 2]);
  expect((await events()).slice(-2)).toEqual(['portal_user_re_invited', 'invitation_sent']);
  expect(await row()).toMatchObject({ id, generation: 2, confirmationStatus: 'not_confirmed' });
  expect((await submitPassword(fresh)).status).toBe(303);
});

test('a program sends the invited address as JSON', async () => {
  const { email, link, linkOf } = await expired();
  expectProblem(await askAsProgram(link, {}), 400, 'invalid_request', ['email']);
  expectProblem(await askAsProgram(link, { email: 'somebody.else@example.com' }), 400, 'invalid_request', ['email']);
  expect(await askAsProgram(link, { email })).toMatchObject({ status: 202, body: { status: 'new_link' } });
  expect((await fetch(await linkOf(2))).status).toBe(200);
});

test.each([
  ['another address', { email: 'somebody.else@example.com' }],
  ['nonsense', { email: '"><script>alert(1)</script>' }],
  ['nothing', {}],
  ['a password', { password: PASSWORD, passwordAgain: PASSWORD }],
])('%s mails no new link, and the page says so', async (_title, fields: Record<string, string>) => {
  const person = await expired(api, { locale: 'de' });
  const [before, rows] = [await person.row(), await rowCounts(stage)];
  const answer = await submitForm(`${person.link}/new-link`, fields);
  const html = await answer.text();
  expect([answer.status, html.includes('Das ist nicht die eingeladene Adresse.')]).toEqual([400, true]);
  expect(html).toContain('/new-link">');
  expect(html).not.toMatch(new RegExp(`<script>|${person.email}`));
  expect([await person.row(), await rowCounts(stage)]).toEqual([before, rows]);
});

test('a link alone mails nothing: superseded, expired or good, with and without the address', async () => {
  const person = await invite(stage, api);
  await api.post(`/users/${person.id}/re-invite`).expecting(202);
  const newest = await person.linkOf(2);
  const isExpired = await expired();
  const before = [await person.row(), await isExpired.row(), await rowCounts(stage)];
  for (const link of [person.link, newest, isExpired.link]) {
    for (let i = 0; i < 2; i += 1) {
      expect((await fetch(`${link}/new-link`, { method: 'POST' })).status).toBe(403);
    }
  }
  const { email } = person;
  const superseded = await ask(person.link, email);
  expect([superseded.status, (await superseded.text()).includes('There is a newer link')]).toEqual([410, true]);
  expectProblem(await askAsProgram(person.link, { email }), 410, 'link_superseded');
  const good = await ask(newest, email);
  expect([good.status, (await good.text()).includes('This link still works')]).toEqual([409, true]);
  expectProblem(await askAsProgram(newest, { email }), 409, 'link_not_expired');
  expect([await person.row(), await isExpired.row(), await rowCounts(stage)]).toEqual(before);
  expect((await fetch(newest)).status).toBe(200);
});

test('the page of a superseded link points to the newest e-mail and offers nothing else', async () => {
  const person = await invite(stage, api);
  await api.post(`/users/${person.id}/re-invite`).expecting(202);
  await person.linkOf(2);
  await expireLink(stage, person.id);
  const html = await (await fetch(person.link)).text();
  expect(html).toContain('Please look for the newest e-mail');
  expect(html).not.toMatch(/<form|<button|new-link/);
});

test('a link works once: asked five times, at once and later, it mails one new link', async () => {
  const { email, link, linkOf, mails, row } = await expired();
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(link, email)));
  for (const { status } of answers) expect([202, 410]).toContain(status);
  await linkOf(2);
  expect((await ask(link, email)).status).toBe(410);
  expect([(await row()).generation, mails()]).toEqual([2, 2]);
});

test('a link that was mailed to an address which was corrected since is unknown', async () => {
  const { id, email, link, row } = await expired();
  const right = `right.${email}`;
  await api.patch(`/users/${id}`, { email: right }).expecting(200);
  const { link: fresh } = await stage.sink.mailTo(right);
  const check = async () => {
    const before = await row();
    for (const typed of [email, right]) {
      for (const answer of [await ask(link, typed), await submitForm(link, { email: typed }), await fetch(link)]) {
        const html = await answer.text();
        expect([answer.status, html.includes('This link does not work')]).toEqual([404, true]);
        expect(html).not.toMatch(new RegExp(`${email}|Jane|Acme`));
      }
      expectProblem(await askAsProgram(link, { email: typed }), 404, 'not_found');
    }
    expect((await submitPassword(link)).status).toBe(404);
    expect(await row()).toEqual(before);
  };
  await mailed(stage, id, 2);
  await check();
  expect((await fetch(fresh)).status).toBe(200);
  await expireLink(stage, id);
  await check();
  await api.patch(`/users/${id}`, { email }).expecting(200);
  await mailed(stage, id, 3);
  await check();
  expect((await fetch(fresh)).status).toBe(404);
});

test("a portal user's own new links use up no re-invite of staff, and staff's none of theirs", async () => {
  await forget();
  const { api: strict } = await stage.openPortal({ reInviteDailyCap: 1, reInviteCooldownSeconds: 3_600 });
  const { id, email, link, linkOf, events } = await expired(strict);
  expect((await ask(link, email)).status).toBe(202); // within the cool-down of staff
  const second = await linkOf(2);
  await coolDown(stage, id);
  await strict.post(`/users/${id}/re-invite`).expecting(202);
  const third = await linkOf(3);
  await coolDown(stage, id);
  expectProblem(await strict.post(`/users/${id}/re-invite`), 429, 're_invite_cap_reached');
  expect((await ask(second, email)).status).toBe(410);

  let newest = third;
  for (let n = 4; n <= 7; n += 1) {
    await expireLink(stage, id);
    expect((await ask(newest, email)).status).toBe(202);
    newest = await linkOf(n);
  }
  await expireLink(stage, id);
  const before = await events();
  const capped = await ask(newest, email);
  expect([capped.status, (await capped.text()).includes('No more e-mails today')]).toEqual([429, true]);
  expect(Number(capped.headers.get('retry-after'))).toBeGreaterThan(86_000);
  expectProblem(await askAsProgram(newest, { email }), 429, 're_invite_cap_reached');
  expect((await ask(newest, 'x@example.com')).status).toBe(400); // a stranger does not learn of it
  expect(await events()).toEqual(before);
});

test('a confirmed or deactivated portal user is mailed no new link', async () => {
  const [used, gone] = [await invite(stage, api), await invite(stage, api)];
  await submitPassword(used.link);
  await api.post(`/users/${gone.id}/deactivate`).expecting(200);
  for (const [person, status, code, title] of [
    [used, 409, 'already_confirmed', 'You are confirmed already'],
    [gone, 410, 'deactivated', 'Your access has been withdrawn'],
  ] as const) {
    const page = await ask(person.link, person.email);
    expect([page.status, (await page.text()).includes(title)]).toEqual([status, true]);
    expectProblem(await askAsProgram(person.link, { email: person.email }), status, code);
    const kept = await fetch(`${person.link}/new-link`, { redirect: 'manual' });
    expect(kept.headers.get('location')).toBe(new URL(person.link).pathname);
    expect(await person.row()).toMatchObject({ generation: 1, emailsSent: 1 });
  }
});

test("another site's form neither confirms nor asks for a new link, and JSON from its scripts does not either", async () => {
  const [good, late] = [await invite(stage, api), await expired()];
  const before = [await good.row(), await late.row()];
  const fields = { password: PASSWORD, passwordAgain: PASSWORD, email: late.email };
  const typed = new URLSearchParams(fields);
  for (const address of [good.link, `${late.link}/new-link`]) {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ] as Record<string, string>[]) {
      const form = await fetch(address, { method: 'POST', body: typed, headers, redirect: 'manual' });
      expect([form.status, (await form.text()).includes('This form did not come from here')]).toEqual([403, true]);
    }
    const json = { method: 'POST', body: JSON.stringify(fields) };
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    expectProblem(await askForJson(address, { ...json, headers }), 403, 'forbidden');
  }
  expect([await good.row(), await late.row()]).toEqual(before);
  const origin = { origin: stage.url }; // what a browser says where TLS is missing
  const form = await fetch(good.link, { method: 'POST', body: typed, headers: origin, redirect: 'manual' });
  expect(form.status).toBe(303);
});
