import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { HOSTILE, HOSTILE_SHOWN, openContacts } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('several picked contacts are added and mailed, and each is told what became of it', async () => {
  const { client, addContact, pick, sendPicked, users, operator, slug } = await openContacts(stage);
  const other = await openContacts(stage);
  const foreign = await other.addContact('Somebody elsewhere');
  const [anna, hostile, bernd] = [await addContact('Anna'), await addContact(HOSTILE), await addContact('Bernd')];
  await sendPicked(await pick(bernd.id));

  const picked = await pick([anna.id, hostile.id, bernd.id, anna.id, foreign.id]);
  const form = { ...picked, locale: 'de', note: 'Welcome!' };
  const answers = await Promise.all([1, 2].map(() => sendPicked(form)));
  answers.push(await sendPicked(form));
  for (const [i, { status, location }] of answers.entries()) {
    expect(status).toBe(303);
    const { html } = await client.get(location!);
    expect(html.includes('2 invitations are on their way.')).toBe(i === 0); // said once
    const results = [...html.matchAll(/data-label="Result"><span class="tone-\w+">([^<]+)/g)].map(([, text]) => text);
    expect(results).toEqual(['Added', 'Added', 'Is a portal user already', 'Not found']);
    expect(html).toContain('2 of 4 added');
    expect(html).toContain(HOSTILE_SHOWN);
    expect(html).not.toContain('Somebody elsewhere');
    expect(html).not.toContain('<img');
  }
  const added = (await users()).slice(1);
  expect(added.map(({ contact }) => contact.id).toSorted()).toEqual([anna.id, hostile.id].toSorted());
  expect(added).toMatchObject([{ locale: 'de', note: 'Welcome!' }, { locale: 'de' }]);
  expect((await stage.sink.mailTo(anna.email)).text).toContain('Welcome!');
  await stage.sink.mailTo(hostile.email);
  for (const { email } of [anna, hostile, bernd]) {
    expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(email))).toHaveLength(1);
  }
  const events = await stage.db.database.em.fork().find(Event, { portal: { slug }, type: 'portal_user_added' });
  expect(events.map(({ actor }) => actor)).toEqual([1, 2, 3].map(() => `operator/${operator.id}`));
  expect(await other.users()).toEqual([]);
});

test('picked contacts are led where the operator chose', async () => {
  const addresses = ['https://one.example/', 'https://two.example/'];
  const { addContact, pick, sendPicked, users } = await openContacts(stage, undefined, {
    afterConfirmingUrls: addresses,
  });
  const { id } = await addContact('Anna');
  await sendPicked({ ...(await pick(id)), afterConfirmingUrl: addresses[1]! });
  expect((await users()).map(({ afterConfirmingUrl }) => afterConfirmingUrl)).toEqual([addresses[1]]);
});

test('another note under a form that was done changes nothing', async () => {
  const { client, addContact, pick, sendPicked, users } = await openContacts(stage);
  const { id } = await addContact('Anna');
  const form = await pick(id);
  await sendPicked(form);
  const again = await sendPicked({ ...form, note: 'Too late' });
  expect((await client.get(again.location!)).html).toContain('Is a portal user already');
  expect(await users()).toMatchObject([{ note: null }]);
});

test('nothing picked, too many, and a note too long are said, and what was picked is kept', async () => {
  const { addContact, pick, sendPicked, users } = await openContacts(stage);
  const { id } = await addContact(HOSTILE);
  const nothing = await sendPicked({});
  expect(nothing.status).toBe(400);
  expect(nothing.html).toContain('Tick at least one contact.');
  expect((await sendPicked(await pick(['no id', '../../x']))).html).toContain('Tick at least one contact.');
  const ids = Array.from({ length: 201 }, (_, i) => `019b2f6e-9d0c-7a55-b6f3-${String(i).padStart(12, '0')}`);
  expect((await sendPicked(await pick(ids))).html).toContain('At most 200 contacts can be added at a time.');

  const { status, html } = await sendPicked({ ...(await pick(id)), note: '<i>'.repeat(1_000) });
  expect(status).toBe(400);
  expect(html).toContain('id="note-error"');
  expect(html).toContain('&lt;i&gt;&lt;i&gt;');
  expect(html).toContain(`<input type="checkbox" name="contact" value="${id}" checked> <bdi>${HOSTILE_SHOWN}`);
  expect(await users()).toEqual([]);
});

test('with Temporal down all picked are added without waiting for it each time, and mailed later', async () => {
  const { client, addContact, pick, sendPicked, users } = await openContacts(stage);
  const contacts = await Promise.all(Array.from({ length: 12 }, (_, i) => addContact(`Person ${i}`)));
  const { invitations } = stage.services;
  let attempts = 0;
  const start = () => {
    attempts += 1;
    return Promise.reject(new Refusal('unavailable'));
  };
  stage.services.invitations = { ...invitations, start, isReachable: async () => false };
  try {
    const { location } = await sendPicked(await pick(contacts.map(({ id }) => id)));
    const { html } = await client.get(location!);
    expect(html).toContain('12 invitations will be mailed as soon as possible.');
    expect(html).toContain('12 of 12 added');
    expect(await users()).toHaveLength(12);
    expect(attempts).toBeLessThan(12);
  } finally {
    stage.services.invitations = invitations;
  }
});

test('where the database fails half-way it is told who was added, and the same form does the rest', async () => {
  const { client, addContact, pick, sendPicked, users } = await openContacts(stage);
  const contacts = await Promise.all(Array.from({ length: 12 }, (_, i) => addContact(`Person ${i}`)));
  const form = await pick(contacts.map(({ id }) => id));
  const em = stage.db.database.em.fork();
  await em.execute(`create function refuse() returns trigger as $$ begin
    if new.contact_id = '${contacts[6]!.id}' then raise exception 'no space left'; end if; return new; end; $$ language plpgsql`);
  await em.execute('create trigger refuse before insert on portal_users for each row execute function refuse()');
  const half = await sendPicked(form);
  await em.execute('drop trigger refuse on portal_users');

  expect(half.status).toBe(503);
  expect(half.html).toContain('9 of 12 added');
  expect(half.html.match(/>Not added</g)).toHaveLength(3);
  expect(half.html).not.toContain('no space left');
  expect(await users()).toHaveLength(9);
  const { location } = await sendPicked(form);
  expect((await client.get(location!)).html).toContain('12 of 12 added');
  for (const { email } of contacts) await stage.sink.mailTo(email);
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes(contacts[0]!.email))).toHaveLength(1);
});
