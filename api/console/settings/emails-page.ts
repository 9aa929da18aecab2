import { MAX_REMINDERS } from '../../schemas/portal.ts';
import type { FormErrors } from '../read-form.ts';
import { presentDuration } from './duration-setting.ts';
import type { Fields } from './setting.ts';
import { EMAIL_SETTINGS } from './settings-of-pages.ts';
import type { SettingsPage } from './settings-page.ts';

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
