import { MAX_REMINDERS } from '../../schemas/portal.ts';
import { LANGUAGES } from '../../vocabulary/languages.ts';
import { languageName } from '../labels.ts';
import type { FormErrors } from '../read-form.ts';
import {
  durationSetting,
  durationsSetting,
  type Fields,
  lineSetting,
  listOf,
  numberSetting,
  optionalLineSetting,
  presentDuration,
  type Setting,
  type SettingsPage,
  textOf,
} from './setting.ts';

/** Checkboxes: what is sent is ticked. In the order of the project's languages, however they are sent. */
const languages: Setting = {
  key: 'languages',
  label: 'Languages',
  show: (portal) => ({ languages: portal.languages }),
  read: (fields) => {
    const ticked = listOf(fields, 'languages');
    const unknown = ticked.filter((language) => !LANGUAGES.some((known) => known === language));
    return [...LANGUAGES.filter((language) => ticked.includes(language)), ...unknown];
  },
};

/** One address a line; blank lines count for nothing. */
const afterConfirmingUrls: Setting = {
  key: 'afterConfirmingUrls',
  label: 'Where to go after confirming',
  show: (portal) => ({ afterConfirmingUrls: portal.afterConfirmingUrls.join('\n') }),
  read: (fields) => lines(textOf(fields, 'afterConfirmingUrls')),
  place: (_fields, index) => ({
    name: 'afterConfirmingUrls',
    ...(index !== undefined && { about: `Address ${index + 1}` }),
  }),
};

function lines(text: string): string[] {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A checkbox: what is sent is ticked. */
const hasOwnSite: Setting = {
  key: 'hasOwnSite',
  label: 'Customers use a site of our own',
  show: (portal) => ({ hasOwnSite: portal.hasOwnSite ? 'on' : '' }),
  read: (fields) => textOf(fields, 'hasOwnSite') !== '',
};

/** The settings on the page "Portal". */
const PORTAL_SETTINGS: Setting[] = [
  lineSetting('name', 'Name'),
  lineSetting('color', 'Colour'),
  languages,
  lineSetting('defaultLocale', 'Default language'),
  afterConfirmingUrls,
  hasOwnSite,
];

/** How the portal looks, which languages it speaks and where it leads. */
export const portalPage: SettingsPage = {
  path: '',
  view: 'settings/portal',
  title: 'Portal settings',
  settings: PORTAL_SETTINGS,
  context(portal, fields) {
    const chosen = textOf(fields, 'defaultLocale');
    // The API takes any locale of a language, such as de-AT: that one stays.
    const locales = new Set<string>([...LANGUAGES, portal.defaultLocale]);
    const ticked = listOf(fields, 'languages');
    return {
      languages: LANGUAGES.map((value) => ({ value, text: languageName(value), isChosen: ticked.includes(value) })),
      defaultLocales: [...locales].map((value) => ({ value, text: languageName(value), isChosen: value === chosen })),
    };
  },
};

/** The settings on the page "E-mails". */
const EMAIL_SETTINGS: Setting[] = [
  optionalLineSetting('senderName', 'Sender name'),
  optionalLineSetting('replyTo', 'Reply-to address'),
  durationSetting('linkValiditySeconds', 'Link validity', 'linkValidity'),
  durationsSetting('remindersAfterSeconds', 'Reminders', 'reminder', MAX_REMINDERS),
  durationSetting('reInviteCooldownSeconds', 'Cool-down', 'coolDown'),
  numberSetting('reInviteDailyCap', 'Daily cap'),
  durationSetting('giveUpAfterSeconds', 'Give up after', 'giveUp'),
];

/** Whom the e-mails come from, and when they are sent. */
export const emailsPage: SettingsPage = {
  path: '/emails',
  view: 'settings/emails',
  title: 'E-mail settings',
  settings: EMAIL_SETTINGS,
  context: (_portal, fields, errors) => ({
    linkValidity: presentDuration(fields, 'linkValidity', ['days', 'hours']),
    coolDown: presentDuration(fields, 'coolDown', ['hours', 'minutes', 'seconds']),
    giveUp: presentDuration(fields, 'giveUp', ['days', 'hours']),
    reminders: reminderRows(fields, errors),
  }),
};

function reminderRows(fields: Fields, errors: FormErrors) {
  return Array.from({ length: MAX_REMINDERS }, (_, row) => {
    const name = `reminder${row + 1}`;
    const duration = presentDuration(fields, name, ['days', 'hours', 'minutes']);
    return { name, label: `Reminder ${row + 1}`, duration, error: errors[name], hint: undefined };
  });
}

/** The name of a setting, `logo` included; of one that only an earlier release had, its key. */
export function settingLabel(key: string): string {
  if (key === 'logo') return 'Logo';
  return [...PORTAL_SETTINGS, ...EMAIL_SETTINGS].find((setting) => setting.key === key)?.label ?? key;
}
