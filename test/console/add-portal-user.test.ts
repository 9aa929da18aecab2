import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Contact, Event, Portal } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { newAddress } from '../harness/invite.ts';
import { formKeyIn, HOSTILE, HOSTILE_SHOWN, openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

/** The form of a new portal, and what is needed to send it. */
async function openForm(settings: Parameters<typeof openConsole>[1] = {}) {
  const opened = await openConsole(stage, settings);
  const { slug, client, formKey } = opened;
  const path = `/console/${slug}/users/new`;
  return {
    ...opened,
    path,
    /** The form as it was shown, filled in. */
    fill: async (fields: Record<string, string>) => ({ formKey: await formKey(path), ...fields }),
    nextPage: async () => (await client.get(`/console/${slug}/users`)).html,
  };
}

test('whoever is added is invited with the personal note, in their language, and the list says so', async () => {
  const { client, path, fill, users, slug, operator, nextPage } = await openForm();
  const email = newAddress();
  const note = 'Welcome!\r\nWe are <b>glad</b>.';
  const answer = await client.post(path, await fill({ name: 'Jane', email: ` ${email} `, locale: 'de', note }));
  expect(answer).toMatchObject({ status: 303, location: `/console/${slug}/users` });
  expect(await nextPage()).toContain(`An invitation is on its way to ${email}.`);

  const mail = await stage.sink.mailTo(email);
  expect(mail.text).toContain('> Welcome!\n> We are <b>glad</b>.');
  expect(mail.html).toContain('lang="de"');
  const [user] = await users();
  expect(user).toMatchObject({ locale: 'de', note: 'Welcome!\nWe are <b>glad</b>.' });
  const event = await stage.db.database.em
    .fork()
    .findOneOrFail(Event, { portalUser: user!.id, type: 'portal_user_added' });
  expect(event.actor).toBe(`operator/${operator.id}`);
});

test('"Add and add another" comes back to the empty form, which says whom the last one went to', async () => {
  const { client, path, fill } = await openForm();
  const email = newAddress();
  const answer = await client.post(path, await fill({ name: 'Jane', email, another: '1' }));
  expect(answer).toMatchObject({ status: 303, location: path });
  const { html } = await client.get(path);
  expect(html).toContain(`An invitation is on its way to ${email}.`);
  expect(html).toMatch(/<input id="email" name="email" type="text" value=""/);
});

test('the first portal user enables the portal, and the page says so before', async () => {
  const { client, path, fill, slug } = await openForm();
  expect((await client.get(path)).html).toContain('This portal is not enabled yet');
  await client.post(path, await fill({ name: 'Jane', email: newAddress() }));
  expect((await client.get(path)).html).not.toContain('This portal is not enabled yet');
  expect(await stage.db.database.em.fork().findOneOrFail(Portal, { slug })).toMatchObject({ enabled: true });
});

test('what is wrong stands beside its field, and what was typed is kept as it was', async () => {
  const { client, path, fill, users } = await openForm();
  const typed = { name: HOSTILE, email: '"><img src=x>', locale: 'de', note: `</textarea>${'x'.repeat(2_000)}` };
  const { status, html } = await client.post(path, await fill(typed));
  expect(status).toBe(400);
  expect(html).toMatch(/id="email-error" role="alert">Must be one plain e-mail address/);
  expect(html).toMatch(/id="note-error" role="alert">Must have at most 2000 characters/);
  expect(html).not.toMatch(/id="name-error"/);
  expect(html).toContain(HOSTILE_SHOWN);
  expect(html).toContain('&quot;&gt;&lt;img src&#x3D;x&gt;');
  expect(html).toContain('&lt;/textarea&gt;');
  expect(html).toContain('<option value="de" selected>');
  expect(html).not.toMatch(/<img src=x/);

  expect((await client.post(path, { name: ['a', 'b'], formKey: 'none' })).status).toBe(400);
  expect(await users()).toEqual([]);
});

test('who is a portal user already is named beside the address, with the way to their page', async () => {
  const { client, path, fill, api, slug, users } = await openForm();
  const email = newAddress();
  const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  const { status, html } = await client.post(path, await fill({ name: 'June', email: email.toUpperCase() }));
  expect(status).toBe(409);
  expect(html).toContain(`This person is a portal user already. <a href="/console/${slug}/users/${id}">`);
  expect(html).toContain(`value="${email.toUpperCase()}"`);
  expect((await users()).map(({ contact }) => contact.getEntity().name)).toEqual(['Jane']);
});

test('the address of a contact makes that contact a portal user, under the name just typed', async () => {
  const { client, path, fill, api, users } = await openForm();
  const email = newAddress();
  const contact = (await api.post('/contacts', { email, name: 'J.' }).expecting(201)).body;
  expect((await client.post(path, await fill({ name: 'Jane', email }))).status).toBe(303);
  const [user] = await users();
  expect(user!.contact.getEntity()).toMatchObject({ id: contact.id, name: 'Jane', email });
  expect(await stage.db.database.em.fork().findOneOrFail(Contact, contact.id)).toMatchObject({ isPortalUser: true });
});

test('a form that is sent twice, at once or later, adds once, mails once and gives the same answer', async () => {
  const { client, path, fill, users, slug } = await openForm();
  const email = newAddress();
  const form = await fill({ name: 'Jane', email, note: 'Hello' });
  const answers = await Promise.all([1, 2, 3].map(() => client.post(path, form)));
  answers.push(await client.post(path, { ...form, another: '1' }));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
  expect(answers[0]!.location).toBe(`/console/${slug}/users`);
  expect(await users()).toHaveLength(1);
  await stage.sink.mailTo(email);

  const other = newAddress(); // its e-mail is sent after anything that the repetitions could have caused
  await client.post(path, await fill({ name: 'June', email: other }));
  await stage.sink.mailTo(other);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
});

test('a form that was done and is sent with somebody else in it asks once more', async () => {
  const { client, path, fill, users } = await openForm();
  const form = await fill({ name: 'Jane', email: newAddress() });
  await client.post(path, form);
  const another = { ...form, email: newAddress() };
  const asked = await client.post(path, another);
  expect(asked.status).toBe(422);
  expect(asked.html).toContain('This form was sent before with something else in it');
  expect(await users()).toHaveLength(1);
  expect((await client.post(path, { ...another, formKey: formKeyIn(asked.html) })).status).toBe(303);
  expect(await users()).toHaveLength(2);
});

test('where to go after confirming is asked only where there is a choice', async () => {
  const urls = ['https://www.example.com/start', 'https://www.example.com/shop'];
  const one = await openForm({ afterConfirmingUrls: urls.slice(0, 1) });
  expect((await one.client.get(one.path)).html).not.toContain('Where to go after confirming');

  const { client, path, fill, users } = await openForm({ afterConfirmingUrls: urls });
  const page = (await client.get(path)).html;
  expect(page).toContain('Where to go after confirming');
  const form = { name: 'Jane', email: newAddress() };
  const refused = await client.post(path, await fill({ ...form, afterConfirmingUrl: 'https://evil.example.com/' }));
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('id="afterConfirmingUrl-error"');
  expect((await client.post(path, await fill({ ...form, afterConfirmingUrl: urls[1]! }))).status).toBe(303);
  expect(await users()).toMatchObject([{ afterConfirmingUrl: urls[1] }]);
});

test('staff may add, at their own portal only', async () => {
  const { client, path, fill, users } = await openForm({ role: 'staff' });
  const { path: foreign, users: foreignUsers } = await openForm();
  expect((await client.post(path, await fill({ name: 'Jane', email: newAddress() }))).status).toBe(303);
  expect(await users()).toHaveLength(1);
  expect((await client.get(foreign)).status).toBe(404);
  expect((await client.post(foreign, await fill({ name: 'Jane', email: newAddress() }))).status).toBe(404);
  expect(await foreignUsers()).toEqual([]);
});

test('with Temporal down adding works, and the page says that the mail comes later', async () => {
  const { client, path, fill, users, nextPage } = await openForm();
  const { invitations } = stage.services;
  const start = () => Promise.reject(new Refusal('unavailable'));
  stage.services.invitations = { ...invitations, start, isReachable: async () => false };
  try {
    const email = newAddress();
    expect((await client.post(path, await fill({ name: 'Jane', email }))).status).toBe(303);
    expect(await nextPage()).toContain(`The invitation to ${email} will be mailed as soon as possible.`);
    expect(await users()).toMatchObject([{ delivery: 'queued' }]);
  } finally {
    stage.services.invitations = invitations;
  }
});

test('a form without a key of ours is carried out all the same', async () => {
  const { client, path, users } = await openForm();
  for (const formKey of ['', 'x'.repeat(5_000), randomUUID()]) {
    expect((await client.post(path, { name: 'Jane', email: newAddress(), formKey })).status).toBe(303);
  }
  expect(await users()).toHaveLength(3);
});
