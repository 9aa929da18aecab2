import { createHash } from 'node:crypto';
import type { Portal } from '../../../db/entities/index.ts';
import { PortalChange } from '../../schemas/portal.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import type { Fields, Setting } from './setting.ts';

const HASH_LENGTH = 12;

/** By setting, a hash of the value that a form was shown with: tells what was changed in the form, and what meanwhile elsewhere. */
export type Shown = Record<string, string>;

/** What a form holds before anybody types. */
export function fieldsOf(settings: Setting[], portal: Portal): Fields {
  return Object.assign({}, ...settings.map(({ show }) => show(portal)));
}

/** What a portal's settings are at this moment, for a hidden field of the form that shows them. */
export function shownOf(settings: Setting[], portal: Portal): Shown {
  return Object.fromEntries(settings.map((setting) => [setting.key, hash(setting.read(setting.show(portal)))]));
}

/** Reads the hidden field again; what is not there counts as changed. */
export function readShown(text: unknown): Shown {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return {};
  }
}

/** The settings that were changed in the form, from what it was shown with. */
export function changedIn(settings: Setting[], fields: Fields, shown: Shown): Setting[] {
  return settings.filter(({ key, read }) => hash(read(fields)) !== shown[key]);
}

/** Of the settings that were changed in the form, those that somebody else has given another value meanwhile. */
export function changedMeanwhile(changed: Setting[], fields: Fields, shown: Shown, portal: Portal): Setting[] {
  const now = shownOf(changed, portal);
  return changed.filter(({ key, read }) => now[key] !== shown[key] && now[key] !== hash(read(fields)));
}

/** The settings' values as they are typed, by the schema of the JSON API. @throws Problem `invalid_request` */
export function readSettings(settings: Setting[], fields: Fields): PortalChange {
  return readForm(PortalChange, Object.fromEntries(settings.map(({ key, read }) => [key, read(fields)])));
}

/** What stands beside the form's fields. Anything that is not about the form is thrown again. */
export function settingsErrors(settings: Setting[], fields: Fields, error: unknown): FormErrors {
  const errors: FormErrors = {};
  for (const [field, message] of Object.entries(formErrors(error))) {
    const [, key, index] = /^(\w+)(?:\[(\d+)\])?/.exec(field) ?? [];
    const setting = settings.find((each) => each.key === key);
    const place = setting?.place?.(fields, index === undefined ? undefined : Number(index));
    const { name, about } = place ?? (setting ? { name: setting.key } : { name: 'form', about: field });
    errors[name] ??= about === undefined ? message : `${about}: ${message}`;
  }
  return errors;
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, HASH_LENGTH);
}
