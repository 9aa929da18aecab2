import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let opened: Awaited<ReturnType<Stage['openPortal']>>;
beforeAll(async () => {
  stage = await setStage();
  opened = await stage.openPortal();
});
afterAll(() => stage.close());

const HIDDEN = 'Ja\u202ene';
const NOTHING = '\u2800';
const errorsOf = (body: { errors?: { field: string; message: string }[] }) => body.errors?.map(({ field }) => field);

test('names and subjects that are not what they seem are refused wherever they are given, and others are kept as typed', async () => {
  const { api, slug } = opened;
  const { admin } = stage;
  const { id } = (
    await api.post('/users', { email: 'first@example.com', name: 'میخواهم 👩\u200d👩\u200d👧' }).expecting(201)
  ).body;
  expect((await api.get(`/users/${id}`)).body.name).toBe('میخواهم 👩\u200d👩\u200d👧');
  for (const text of [HIDDEN, NOTHING, 'Jane\u200b', '\u3164']) {
    const calls = [
      ['name', api.post('/users', { email: 'x@example.com', name: text })],
      ['name', api.patch(`/users/${id}`, { name: text })],
      ['name', api.post('/contacts', { email: 'x@example.com', name: text })],
      ['account', api.post('/contacts', { email: 'x@example.com', name: 'X', account: text })],
      ['subject', api.post('/requests', { portalUserId: id, subject: text, description: 'D' })],
      ['name', admin.post('/v1/portals', { slug: 'x', name: text })],
      ['name', admin.patch(`/v1/portals/${slug}`, { name: text })],
      ['senderName', admin.patch(`/v1/portals/${slug}`, { senderName: text })],
      ['name', admin.post(`/v1/portals/${slug}/api-keys`, { name: text })],
      ['name', admin.post(`/v1/portals/${slug}/operators`, { email: 'x@example.com', name: text })],
    ] as const;
    for (const [field, call] of calls)
      expect([field, errorsOf((await call.expecting(400)).body)]).toEqual([field, [field]]);
  }
});

test('a name of before that would be refused now can be read, and the rest can be changed', async () => {
  const { api, slug } = opened;
  const { id, contactId } = (await api.post('/users', { email: 'old@example.com', name: 'Old' }).expecting(201)).body;
  const em = stage.db.database.em.fork();
  await em.execute('update contacts set name = ? where id = ?', [HIDDEN, contactId]);
  await em.execute("update portals set name = ?, default_locale = 'fr' where slug = ?", [HIDDEN, slug]);
  await em.execute("update portal_users set locale = 'fr' where id = ?", [id]);

  const changed = await api.patch(`/users/${id}`, { email: 'new@example.com' }).expecting(200);
  expect(changed.body).toMatchObject({ name: HIDDEN, email: 'new@example.com', locale: 'fr' });
  const portal = await stage.admin.patch(`/v1/portals/${slug}`, { reInviteDailyCap: 7 }).expecting(200);
  expect(portal.body).toMatchObject({ name: HIDDEN, defaultLocale: 'fr', reInviteDailyCap: 7 });
  await em.execute("update portals set name = 'Acme', default_locale = 'en' where slug = ?", [slug]);
});

test.each(['jane@xn--a.example', 'jane@xn--.example', 'jane@mail.xn--zzzzzz.example', 'jane@ab--cd.example'])(
  'the address %s is refused by the API and by the form',
  async (email) => {
    const { api } = opened;
    expect(errorsOf((await api.post('/users', { email, name: 'Jane' }).expecting(400)).body)).toEqual(['email']);
    expect(errorsOf((await api.post('/contacts', { email, name: 'Jane' }).expecting(400)).body)).toEqual(['email']);
    const { client, slug, formKey } = await openConsole(stage);
    const path = `/console/${slug}/users/new`;
    const page = await client.post(path, { email, name: 'Jane', formKey: await formKey(path) });
    expect([page.status, page.html]).toEqual([400, expect.stringContaining('Must be one plain e-mail address')]);
  },
);

test('a locale of a language that there is not is refused with those that there are', async () => {
  const { api, slug } = opened;
  const message = 'must be one of en, de, or of a region, such as de-AT';
  for (const locale of ['fr', 'fr-CA', 'ja', 'zh-Hans']) {
    const { body } = await api.post('/users', { email: 'fr@example.com', name: 'F', locale }).expecting(400);
    expect(body.errors).toEqual([{ field: 'locale', message }]);
    const portal = await stage.admin.patch(`/v1/portals/${slug}`, { defaultLocale: locale }).expecting(400);
    expect(portal.body.errors).toEqual([{ field: 'defaultLocale', message }]);
  }
  for (const locale of ['de', 'de-AT', 'en-US', 'EN-gb']) {
    const email = `${locale}@example.com`;
    const { body } = await api.post('/users', { email, name: 'L', locale }).expecting(201);
    expect(body.locale).toBe(Intl.getCanonicalLocales(locale)[0]);
  }
});

const DAY = 86_400;
test.each([
  [{ linkValiditySeconds: 3_600 }, { remindersAfterSeconds: [], linkValiditySeconds: 3_600 }],
  [{ linkValiditySeconds: 3 * DAY }, { remindersAfterSeconds: [] }],
  [{ linkValiditySeconds: 4 * DAY }, { remindersAfterSeconds: [3 * DAY] }],
  [{ remindersAfterSeconds: [10 * DAY] }, { linkValiditySeconds: 11 * DAY, remindersAfterSeconds: [10 * DAY] }],
  [{ remindersAfterSeconds: [60] }, { linkValiditySeconds: 7 * DAY }],
  [{ languages: ['de'] }, { defaultLocale: 'de', languages: ['de'] }],
  [{}, { defaultLocale: 'en', linkValiditySeconds: 7 * DAY, remindersAfterSeconds: [3 * DAY] }],
])('a portal with %j gets defaults that do not contradict it', async (given, expected) => {
  const slug = `defaults-${Math.random().toString(36).slice(2)}`;
  const { body } = await stage.admin.post('/v1/portals', { slug, name: 'X', ...given }).expecting(201);
  expect(body).toMatchObject(expected);
  expect((await stage.admin.get(`/v1/portals/${slug}`)).body).toMatchObject(expected);
});

test('what is given still must not contradict itself, nor what the portal has', async () => {
  const { admin } = stage;
  const both = { linkValiditySeconds: 3_600, remindersAfterSeconds: [3_600] };
  const twice = await admin.post('/v1/portals', { slug: 'both', name: 'X', ...both }).expecting(400);
  expect(errorsOf(twice.body)).toEqual(['remindersAfterSeconds[0]']);
  const late = await admin
    .post('/v1/portals', { slug: 'late', name: 'X', remindersAfterSeconds: [30 * DAY] })
    .expecting(400);
  expect(errorsOf(late.body)).toEqual(['remindersAfterSeconds[0]']);
  const foreign = await admin
    .post('/v1/portals', { slug: 'f', name: 'X', languages: ['de'], defaultLocale: 'en' })
    .expecting(400);
  expect(errorsOf(foreign.body)).toEqual(['defaultLocale']);
  const changed = await admin.patch(`/v1/portals/${opened.slug}`, { linkValiditySeconds: 3_600 }).expecting(400);
  expect(errorsOf(changed.body)).toEqual(['remindersAfterSeconds[0]']);
});
