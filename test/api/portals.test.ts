import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event, Portal } from '../../db/entities/index.ts';
import { expectProblem, invite, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const HOUR = 3_600;
const DAY = 86_400;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const portalRow = (slug: string) => stage.db.database.em.fork().findOneOrFail(Portal, { slug });
const eventsOf = async (slug: string) =>
  stage.db.database.em.fork().find(Event, { portal: { slug } }, { orderBy: { id: 'asc' } });

test('a new portal has the default policy and is not enabled', async () => {
  const { body, headers } = await stage.admin.post('/v1/portals', { slug: 'plain', name: 'Plain' }).expecting(201);
  expect(headers.get('location')).toBe('/v1/portals/plain');
  expect(body).toEqual({
    id: expect.any(String),
    slug: 'plain',
    enabled: false,
    name: 'Plain',
    color: '#1f5eff',
    languages: ['en', 'de'],
    defaultLocale: 'en',
    senderName: null,
    replyTo: null,
    linkValiditySeconds: 7 * DAY,
    remindersAfterSeconds: [3 * DAY],
    reInviteCooldownSeconds: 60,
    reInviteDailyCap: 5,
    giveUpAfterSeconds: 3 * DAY,
    afterConfirmingUrls: [],
    hasOwnSite: false,
    createdAt: expect.any(String),
  });
  expect((await stage.admin.get('/v1/portals/plain').expecting(200)).body).toEqual(body);
  expect((await eventsOf('plain')).map(({ type, actor }) => [type, actor])).toEqual([
    ['portal_created', 'administrator'],
  ]);
});

test('a new portal keeps every setting as it was given', async () => {
  const settings = {
    slug: 'a-1',
    name: '<b>Ümläut & Söhne</b> 🎉',
    color: '#00ff7f',
    languages: ['de'],
    defaultLocale: 'de-AT',
    senderName: 'Help "Desk"',
    replyTo: 'help@münchen.example',
    linkValiditySeconds: 30 * DAY,
    remindersAfterSeconds: [60, DAY, 2 * DAY, 3 * DAY, 30 * DAY - 1],
    reInviteCooldownSeconds: 0,
    reInviteDailyCap: 100,
    giveUpAfterSeconds: HOUR,
    afterConfirmingUrls: ['https://acme.example/start?from=mail#top', 'http://localhost:8080/'],
  };
  const { body } = await stage.admin.post('/v1/portals', settings).expecting(201);
  expect(body).toMatchObject(settings);
  expect(await portalRow('a-1')).toMatchObject(settings);
});

test.each([
  ['linkValiditySeconds', HOUR - 1],
  ['linkValiditySeconds', 30 * DAY + 1],
  ['linkValiditySeconds', HOUR + 0.5],
  ['linkValiditySeconds', '7 days'],
  ['linkValiditySeconds', null],
  ['reInviteCooldownSeconds', -1],
  ['reInviteCooldownSeconds', DAY + 1],
  ['reInviteDailyCap', 0],
  ['reInviteDailyCap', 101],
  ['giveUpAfterSeconds', HOUR - 1],
  ['giveUpAfterSeconds', 7 * DAY + 1],
  ['remindersAfterSeconds', [60, 61, 62, 63, 64, 65]],
  ['remindersAfterSeconds', [DAY, HOUR]],
  ['remindersAfterSeconds', [DAY, DAY]],
  ['remindersAfterSeconds', DAY],
  ['remindersAfterSeconds[0]', [59]],
  ['remindersAfterSeconds[0]', ['1 day']],
  ['remindersAfterSeconds[1]', [DAY, 30 * DAY]], // no link lasts longer
  ['defaultLocale', ''],
  ['color', 'red'],
  ['color', '#12345'],
  ['color', '#1f5eff;background:url(//evil.example)'],
  ['color', null],
  ['languages', []],
  ['languages', ['de', 'de']],
  ['languages[0]', ['fr']],
  ['languages', 'de'],
  ['afterConfirmingUrls', Array.from({ length: 21 }, (_, i) => `https://acme.example/${i}`)],
  ['afterConfirmingUrls', ['https://acme.example', 'https://ACME.example/']],
  ['afterConfirmingUrls', 'https://acme.example'],
  ['senderName', 'Help\r\nBcc: evil@example.com'],
  ['name', ''],
  ['name', 'x'.repeat(201)],
  ['slug', 'Acme'],
  ['slug', '-acme'],
  ['slug', 'acme/x'],
  ['slug', 'x'.repeat(64)],
  ['enabled', true],
])('a portal with the %s %j is refused', async (field, value) => {
  const before = await rowCounts(stage);
  const setting = { [field.replace(/\[.*/, '')]: value };
  expectProblem(await stage.admin.post('/v1/portals', { slug: 'x', name: 'X', ...setting }), 400, 'invalid_request', [
    field,
  ]);
  expect(await rowCounts(stage)).toEqual(before);
});

test('the limits themselves are taken', async () => {
  const { api, slug } = await stage.openPortal({ linkValiditySeconds: HOUR, remindersAfterSeconds: [] });
  await api
    .patch('', { remindersAfterSeconds: [60, HOUR - 1], reInviteCooldownSeconds: DAY, reInviteDailyCap: 1 })
    .expecting(200);
  expect(await portalRow(slug)).toMatchObject({ remindersAfterSeconds: [60, HOUR - 1], reInviteDailyCap: 1 });
});

test('two portals never have one slug, also when both are created at once', async () => {
  const answers = await Promise.all(
    ['One', 'Two', 'Three'].map((name) => stage.admin.post('/v1/portals', { slug: 'wanted', name })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  for (const answer of answers.filter(({ status }) => status === 409)) expectProblem(answer, 409, 'portal_exists');
  expect(await eventsOf('wanted')).toHaveLength(1);
});

test('a change touches what it names and nothing else', async () => {
  const { api, slug } = await stage.openPortal({ replyTo: 'help@example.com', senderName: 'Help' });
  const before = (await api.get('').expecting(200)).body;

  const changed = { name: 'New name', replyTo: null, remindersAfterSeconds: [HOUR, 2 * HOUR] };
  expect((await api.patch('', changed).expecting(200)).body).toEqual({ ...before, ...changed });
  expect((await api.patch('', { remindersAfterSeconds: [] }).expecting(200)).body.remindersAfterSeconds).toEqual([]);
  expect((await api.patch('', {}).expecting(200)).body).toEqual({ ...before, ...changed, remindersAfterSeconds: [] });
  expect(await portalRow(slug)).toMatchObject({ name: 'New name', senderName: 'Help', remindersAfterSeconds: [] });
  expect((await eventsOf(slug)).findLast(({ type }) => type === 'portal_changed')).toBeDefined();
});

test('a change is checked against the settings it leaves alone', async () => {
  const { api, slug } = await stage.openPortal({ linkValiditySeconds: 7 * DAY, remindersAfterSeconds: [3 * DAY] });
  expectProblem(await api.patch('', { linkValiditySeconds: 3 * DAY }), 400, 'invalid_request', [
    'remindersAfterSeconds[0]',
  ]);
  expectProblem(await api.patch('', { remindersAfterSeconds: [DAY, 8 * DAY] }), 400, 'invalid_request', [
    'remindersAfterSeconds[1]',
  ]);
  expectProblem(await api.patch('', { slug: 'other' }), 400, 'invalid_request', ['slug']);
  expect(await portalRow(slug)).toMatchObject({ linkValiditySeconds: 7 * DAY, remindersAfterSeconds: [3 * DAY] });

  await api.patch('', { linkValiditySeconds: 2 * DAY, remindersAfterSeconds: [DAY] }).expecting(200);
});

test('two changes at once cannot make a policy that neither may make', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { api, slug } = await stage.openPortal({ linkValiditySeconds: 7 * DAY, remindersAfterSeconds: [DAY] });
    const changes = [{ linkValiditySeconds: 2 * DAY }, { remindersAfterSeconds: [6 * DAY] }];
    const answers = await Promise.all(changes.map((change) => api.patch('', change)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    const { linkValiditySeconds, remindersAfterSeconds } = await portalRow(slug);
    expect(remindersAfterSeconds[0]).toBeLessThan(linkValiditySeconds);
  }
});

test('the first portal user enables the portal, once', async () => {
  const { api, slug } = await stage.openPortal();
  await Promise.all([invite(stage, api), invite(stage, api)]);
  expect((await api.get('').expecting(200)).body.enabled).toBe(true);
  const enablings = (await eventsOf(slug)).filter(({ type }) => type === 'portal_enabled');
  expect(enablings).toHaveLength(1);
});

test("the portal's language, sender and reply-to are in its e-mails", async () => {
  const { api } = await stage.openPortal({
    name: 'Kundenportal',
    defaultLocale: 'de-CH',
    senderName: 'Frau Müller',
    replyTo: 'hilfe@example.com',
  });
  const { email } = await invite(stage, api);
  const mail = await stage.sink.mailTo(email);
  expect(mail.subject).toContain('Kundenportal');
  expect(mail.text).toContain('bestätigen');
  expect(mail.from!.value[0]).toMatchObject({ name: 'Frau Müller' });
  expect(mail.replyTo!.value[0]).toMatchObject({ address: 'hilfe@example.com' });
});
