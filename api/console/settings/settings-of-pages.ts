import { LANGUAGES } from '../../../db/languages.ts';
import { MAX_REMINDERS } from '../../schemas/portal.ts';
import { durationSetting, durationsSetting } from './duration-setting.ts';
import { lineSetting, listOf, numberSetting, optionalLineSetting, type Setting, textOf } from './setting.ts';

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

/** A checkbox: what is sent is ticked. */
const hasOwnSite: Setting = {
  key: 'hasOwnSite',
  label: 'Customers use a site of our own',
  show: (portal) => ({ hasOwnSite: portal.hasOwnSite ? 'on' : '' }),
  read: (fields) => textOf(fields, 'hasOwnSite') !== '',
};

/** The settings on the page "Portal". */
export const PORTAL_SETTINGS: Setting[] = [
  lineSetting('name', 'Name'),
  lineSetting('color', 'Colour'),
  languages,
  lineSetting('defaultLocale', 'Default language'),
  afterConfirmingUrls,
  hasOwnSite,
];

/** The settings on the page "E-mails". */
export const EMAIL_SETTINGS: Setting[] = [
  optionalLineSetting('senderName', 'Sender name'),
  optionalLineSetting('replyTo', 'Reply-to address'),
  durationSetting('linkValiditySeconds', 'Link validity', 'linkValidity'),
  durationsSetting('remindersAfterSeconds', 'Reminders', 'reminder', MAX_REMINDERS),
  durationSetting('reInviteCooldownSeconds', 'Cool-down', 'coolDown'),
  numberSetting('reInviteDailyCap', 'Daily cap'),
  durationSetting('giveUpAfterSeconds', 'Give up after', 'giveUp'),
];

function lines(text: string): string[] {
  return text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
