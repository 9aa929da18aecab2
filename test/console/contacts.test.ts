import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newAddress } from '../harness/invite.ts';
import { HOSTILE, HOSTILE_SHOWN, openContacts } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const namesIn = (html: string) =>
  [...html.matchAll(/<th scope="row" data-label="Name"><a href="[^"]+"><bdi>([^<]+)</g)].map(([, name]) => name);
const tickable = (html: string) =>
  [...html.matchAll(/<input type="checkbox" name="contact" value="([^"]+)" aria-label/g)].map(([, id]) => id);

test('contacts are listed by name, with the portal user that each has become', async () => {
  const { client, path, slug, api, addContact } = await openContacts(stage);
  const [zoe, anna] = [await addContact('Zoe'), await addContact('Anna')];
  const user = (await api.post('/users', { contactId: zoe.id }).expecting(201)).body;
  const { html } = await client.get(path);
  expect(namesIn(html)).toEqual(['Anna', 'Zoe']);
  expect(tickable(html)).toEqual([anna.id]);
  expect(html).toMatch(new RegExp(`<a href="/console/${slug}/users/${user.id}"[^>]*>Not Confirmed</a>`));
  expect(html).toContain(`<bdi>${anna.email}</bdi>`);
  expect(html).toContain('<bdi>ACME</bdi>');

  expect(namesIn((await client.get(`${path}?portal_user=no`)).html)).toEqual(['Anna']);
  expect(namesIn((await client.get(`${path}?portal_user=yes&q=`)).html)).toEqual(['Zoe']);
  expect(namesIn((await client.get(`${path}?q=ZO`)).html)).toEqual(['Zoe']);
  expect((await client.get(`${path}?q=nobody`)).html).toContain('No contact matches.');
});

test('pages lead on and back, and keep the search', async () => {
  const { client, path, addContact } = await openContacts(stage);
  for (let i = 0; i < 52; i += 1) await addContact(`Person ${String(i).padStart(2, '0')}`);
  const link = (html: string, rel: string) =>
    new RegExp(`href="([^"]+)" rel="${rel}"`).exec(html)?.[1]?.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');

  const first = (await client.get(`${path}?q=person&portal_user=no`)).html;
  expect(namesIn(first)).toHaveLength(50);
  expect(link(first, 'prev')).toBeUndefined();
  expect(link(first, 'next')).toContain('q=person&portal_user=no&cursor=');
  const second = (await client.get(link(first, 'next')!)).html;
  expect(namesIn(second)).toEqual(['Person 50', 'Person 51']);
  expect(link(second, 'next')).toBeUndefined();
  expect(namesIn((await client.get(link(second, 'prev')!)).html)).toEqual(namesIn(first));
  expect((await client.get(`${path}?cursor=made-up`)).status).toBe(400);
});

test('a script that searches gets the table alone', async () => {
  const { client, path, addContact } = await openContacts(stage);
  await addContact('Anna');
  const { html } = await client.get(`${path}?q=anna`, { 'HX-Request': 'true', 'HX-Target': 'contacts' });
  expect(html).toMatch(/^<section id="contacts"/);
  expect(namesIn(html)).toEqual(['Anna']);
});

test("a contact's page shows it and makes it a portal user, once", async () => {
  const { client, path, addContact, users, formKey, slug } = await openContacts(stage);
  const contact = await addContact(HOSTILE);
  const page = `${path}/${contact.id}`;
  const before = (await client.get(page)).html;
  expect(before).toContain(HOSTILE_SHOWN);
  expect(before).toContain(contact.email);
  expect(before).toContain('ACME');
  expect(before).toContain('Add as portal user');

  const refused = await client.post(`${page}/add-portal-user`, { note: 'x'.repeat(2_001) });
  expect(refused.status).toBe(400);
  expect(refused.html).toContain('id="note-error"');
  const form = { formKey: await formKey(page), locale: 'de', note: 'Hello' };
  const answers = await Promise.all([1, 2].map(() => client.post(`${page}/add-portal-user`, form)));
  for (const answer of answers) expect(answer).toMatchObject({ status: 303, location: page });
  const [user] = await users();
  const after = (await client.get(page)).html;
  expect(after).toContain(`An invitation is on its way to ${contact.email}.`);
  expect(after).toContain(`<a href="/console/${slug}/users/${user!.id}">Not Confirmed</a>`);
  expect(after).not.toContain('Add as portal user');
  expect(user).toMatchObject({ locale: 'de', note: 'Hello' });

  const late = await client.post(`${page}/add-portal-user`, { note: 'Too late' });
  expect(late.status).toBe(409);
  expect(late.html).toContain('This person is a portal user already.');
});

test('a contact is added once, and one that is there is named beside the address', async () => {
  const { client, path, formKey, users } = await openContacts(stage);
  const email = newAddress();
  const form = { formKey: await formKey(`${path}/new`), name: HOSTILE, email, account: '' };
  const answers = await Promise.all([1, 2].map(() => client.post(`${path}/new`, form)));
  expect(answers.map(({ status }) => status)).toEqual([303, 303]);
  expect(answers[1]!.location).toBe(answers[0]!.location);
  expect((await client.get(answers[0]!.location!)).html).toContain(`${HOSTILE_SHOWN}`);

  const again = await client.post(`${path}/new`, { ...form, formKey: await formKey(`${path}/new`), name: 'June' });
  expect(again.status).toBe(409);
  expect(again.html).toContain(`<a href="${answers[0]!.location}">See the contact</a>`);
  expect(again.html).toContain('value="June"');
  const wrong = await client.post(`${path}/new`, { name: '', email: '<b>', account: 'a'.repeat(201) });
  expect(wrong.status).toBe(400);
  for (const field of ['name', 'email', 'account']) expect(wrong.html).toContain(`id="${field}-error"`);
  expect(wrong.html).toContain('value="&lt;b&gt;"');
  expect(await users()).toEqual([]);
});

test("staff may do all of it; another portal's contact, page or result is not found", async () => {
  const { client, path, addContact, pick, sendPicked, formKey } = await openContacts(stage, 'staff');
  const [anna, bernd] = [await addContact('Anna'), await addContact('Bernd')];
  const { location: result } = await sendPicked(await pick(anna.id));
  expect((await client.get(result!)).status).toBe(200);
  expect((await client.post(`${path}/${bernd.id}/add-portal-user`)).status).toBe(303);
  const added = await client.post(`${path}/new`, {
    formKey: await formKey(`${path}/new`),
    name: 'Carla',
    email: newAddress(),
    account: 'ACME',
  });
  expect(added.status).toBe(303);

  const other = await openContacts(stage);
  const carla = await addContact('Carla');
  const theirs = (page: string) => page.replace(path, other.path);
  for (const page of [`${path}/${carla.id}`, result!, `${path}/no-id`]) {
    expect((await other.client.get(theirs(page))).status).toBe(404);
    expect((await other.client.get(page)).status).toBe(404);
  }
  const addTheirs = await other.client.post(`${other.path}/${carla.id}/add-portal-user`, {});
  expect(addTheirs.status).toBe(404);
  expect(await other.users()).toEqual([]);
});
