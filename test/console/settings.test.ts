import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Portal } from '../../db/entities/index.ts';
import { portalEventsOfType } from '../../db/events.ts';
import { errorsIn, type Form, formIn, openSettings } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const HOUR = 3_600;
const DAY = 86_400;

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

type Opened = Awaited<ReturnType<typeof openSettings>>;

async function save({ client, path }: Opened, page: '' | '/emails', typed: Form) {
  const form = formIn((await client.get(path + page)).html);
  return client.post(path + page, { ...form, ...typed });
}

const changes = async (slug: string) => {
  const em = stage.db.database.em.fork();
  const { id } = await em.findOneOrFail(Portal, { slug });
  const events = await portalEventsOfType(em, id, 'portal_changed');
  return events.map(({ actor, data }) => [actor, data.changed]);
};

test('an owner changes how the portal looks, which languages it speaks and where it leads', async () => {
  const opened = await openSettings(stage);
  const { client, path, slug, operator, api } = opened;
  const typed = {
    name: 'Hilfe "für" <b>alle</b>',
    color: '#00ff7f',
    languages: 'de',
    defaultLocale: 'de',
    afterConfirmingUrls: 'https://acme.example/start\r\n\r\n  http://localhost:8080  ',
  };
  const answer = await save(opened, '', typed);
  expect([answer.status, answer.location]).toEqual([303, path]);
  const { body } = await api.get('').expecting(200);
  expect(body).toMatchObject({
    ...typed,
    languages: ['de'],
    afterConfirmingUrls: ['https://acme.example/start', 'http://localhost:8080/'],
  });
  const { html } = await client.get(path);
  expect(html).toContain('Saved.');
  expect(formIn(html)).toMatchObject({
    ...typed,
    afterConfirmingUrls: 'https://acme.example/start\nhttp://localhost:8080/',
  });
  expect(html).not.toContain('<b>alle');
  expect(await changes(slug)).toEqual([
    [`operator/${operator.id}`, ['name', 'color', 'languages', 'defaultLocale', 'afterConfirmingUrls']],
  ]);
});

test('an owner changes who writes and when, in days, hours, minutes and seconds', async () => {
  const opened = await openSettings(stage);
  const typed = {
    ...{ senderName: 'Frau Müller', replyTo: 'hilfe@example.com' },
    ...{ linkValidity: '36', linkValidityUnit: 'hours' },
    ...{ reminder1: '', reminder2: '90', reminder2Unit: 'minutes', reminder4: '1', reminder4Unit: 'days' },
    ...{ coolDown: '30', coolDownUnit: 'seconds', reInviteDailyCap: '7' },
    ...{ giveUp: '36', giveUpUnit: 'hours' },
  };
  expect((await save(opened, '/emails', typed)).location).toBe(`${opened.path}/emails`);
  expect(await opened.portal()).toMatchObject({
    senderName: 'Frau Müller',
    replyTo: 'hilfe@example.com',
    linkValiditySeconds: 36 * HOUR,
    remindersAfterSeconds: [90 * 60, DAY],
    reInviteCooldownSeconds: 30,
    reInviteDailyCap: 7,
    giveUpAfterSeconds: 36 * HOUR,
  });
  const shown = formIn((await opened.client.get(`${opened.path}/emails`)).html);
  expect(shown).toMatchObject({
    ...{ linkValidity: '36', linkValidityUnit: 'hours', coolDown: '30', coolDownUnit: 'seconds' },
    ...{ reminder1: '90', reminder1Unit: 'minutes', reminder2: '1', reminder2Unit: 'days', reminder3: '' },
  });

  const emptied = { senderName: ' ', replyTo: '', reminder1: '', reminder2: '' };
  await save(opened, '/emails', emptied);
  expect(await opened.portal()).toMatchObject({ senderName: null, replyTo: null, remindersAfterSeconds: [] });
});

test.each([
  [
    { linkValiditySeconds: HOUR, remindersAfterSeconds: [60], reInviteCooldownSeconds: 0 },
    ['1 hours', '1 minutes', '0 days'],
  ],
  [
    { linkValiditySeconds: 90_061, remindersAfterSeconds: [3 * DAY - 1].slice(1) },
    ['90061 seconds', ' days', '1 minutes'],
  ],
])(
  'settings made by the API are shown as they are, and saving them untouched changes nothing: %j',
  async (settings, shown) => {
    const opened = await openSettings(stage, { defaultLocale: 'de-AT', ...settings });
    for (const page of ['', '/emails'] as const) await save(opened, page, {});
    expect(await changes(opened.slug)).toEqual([]);
    expect(await opened.portal()).toMatchObject({ defaultLocale: 'de-AT', ...settings });
    const form = formIn((await opened.client.get(`${opened.path}/emails`)).html);
    expect(['linkValidity', 'reminder1', 'coolDown'].map((name) => `${form[name]} ${form[`${name}Unit`]}`)).toEqual(
      shown,
    );
  },
);

const REFUSED: ['' | '/emails', string, string, Form][] = [
  ['', 'name', 'Must not be empty', { name: ' ' }],
  ['', 'name', 'Must have at most 200 characters', { name: 'x'.repeat(201) }],
  ['', 'name', 'Must be one line without control characters', { name: 'two\nlines' }],
  ['', 'color', 'Must be a colour such as #1f5eff', { color: 'red' }],
  ['', 'color', 'Must be a colour such as #1f5eff', { color: '#1f5eff;}' }],
  ['', 'languages', 'Must name one language or more', { languages: [] }],
  ['', 'languages', 'Invalid option: expected one of "en"|"de"', { languages: ['en', 'fr'] }],
  ['', 'defaultLocale', "Must be one of the portal's languages", { languages: 'en', defaultLocale: 'de' }],
  ['', 'defaultLocale', 'Must be a BCP 47 language tag, such as en or de-AT', { defaultLocale: 'de_AT' }],
  [
    '',
    'afterConfirmingUrls',
    'Address 2: Must be a plain https address, such as https://www.example.com/start',
    { afterConfirmingUrls: 'https://acme.example\n\njavascript:alert(1)' },
  ],
  [
    '',
    'afterConfirmingUrls',
    'Must name each address once',
    { afterConfirmingUrls: 'https://a.example\nhttps://A.example/' },
  ],
  [
    '',
    'afterConfirmingUrls',
    'Must be 20 or fewer',
    { afterConfirmingUrls: Array.from({ length: 21 }, (_, i) => `https://acme.example/${i}`).join('\n') },
  ],
  [
    '/emails',
    'senderName',
    'Must be one line without control characters',
    { senderName: 'Help\r\nBcc: evil@example.com' },
  ],
  ['/emails', 'replyTo', 'Must be one plain e-mail address, such as jane@example.com', { replyTo: 'nobody' }],
  ['/emails', 'linkValidity', 'Must be a whole number', { linkValidity: '' }],
  ['/emails', 'linkValidity', 'Must be a whole number', { linkValidity: '1.5' }],
  ['/emails', 'linkValidity', 'Must be 1 hour or more', { linkValidity: '59', linkValidityUnit: 'minutes' }],
  ['/emails', 'linkValidity', 'Must be 30 days or less', { linkValidity: '31' }],
  ['/emails', 'linkValidity', 'Must be a whole number', { linkValidity: '1', linkValidityUnit: 'years' }],
  ['/emails', 'reminder2', 'Must be before the link expires', { reminder2: '7' }],
  ['/emails', 'reminder3', 'Must be before the link expires', { reminder1: '', reminder3: '8' }],
  ['/emails', 'reminder', 'Must be in ascending order', { reminder2: '2' }],
  ['/emails', 'reminder1', 'Must be 1 minute or more', { reminder1: '59', reminder1Unit: 'seconds' }],
  ['/emails', 'reminder1', 'Must be a whole number', { reminder1: 'soon' }],
  ['/emails', 'coolDown', 'Must be 1 day or less', { coolDown: '25', coolDownUnit: 'hours' }],
  ['/emails', 'coolDown', 'Must not be negative', { coolDown: '-1' }],
  ['/emails', 'giveUp', 'Must be 1 hour or more', { giveUp: '0' }],
  ['/emails', 'giveUp', 'Must be 7 days or less', { giveUp: '8' }],
  ['/emails', 'reInviteDailyCap', 'Must be 1 or more', { reInviteDailyCap: '0' }],
  ['/emails', 'reInviteDailyCap', 'Must be 100 or fewer', { reInviteDailyCap: '101' }],
  ['/emails', 'reInviteDailyCap', 'Must be a whole number', { reInviteDailyCap: '' }],
];
test.each(REFUSED)(
  'the page "%s" says beside the field %s: "%s", and keeps what was typed',
  async (page, field, text, typed) => {
    const opened = await openSettings(stage);
    const before = await opened.portal();
    const form = { ...formIn((await opened.client.get(opened.path + page)).html), ...typed };
    const answer = await opened.client.post(opened.path + page, form);
    expect([answer.status, errorsIn(answer.html)]).toEqual([422, { [field]: text }]);
    const kept = formIn(answer.html);
    for (const [name, value] of Object.entries(typed)) {
      const isShown = !/languages|Unit|Locale/.test(name);
      if (isShown) expect(kept[name]).toBe(String(value));
    }
    expect(await opened.portal()).toEqual(before);
    expect(await changes(opened.slug)).toEqual([]);
  },
);
