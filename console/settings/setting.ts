import type { Portal } from '../../db/entities/index.ts';
import type { PortalChange } from '../../schemas/portal.ts';
import type { FormErrors } from '../read-form.ts';

/** A form's fields as they are typed; of a name that stands in it several times, all values. */
export type Fields = Record<string, string | string[]>;

/** One setting of a portal on a page: which fields it has there, and how they are the API's value. */
export interface Setting {
  key: keyof PortalChange;
  label: string;
  /** What its fields hold before anybody types. */
  show(portal: Portal): Fields;
  /** The value as the API's schema takes it, or refuses it. */
  read(fields: Fields): unknown;
  /** Beside which field an error stands; of a list, an error of one of its values. Absent: beside the field named as the setting. */
  place?(fields: Fields, index: number | undefined): { name: string; about?: string };
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

export function listOf(fields: Fields, name: string): string[] {
  return [fields[name] ?? []].flat();
}

/** The settings whose value is of a type. */
type KeyOf<Value> = {
  [Key in keyof PortalChange]-?: [Exclude<PortalChange[Key], undefined>, Value] extends [
    Value,
    Exclude<PortalChange[Key], undefined>,
  ]
    ? Key
    : never;
}[keyof PortalChange];

/** A line of text. */
export function lineSetting(key: KeyOf<string>, label: string): Setting {
  return { key, label, show: (portal) => ({ [key]: portal[key] }), read: (fields) => textOf(fields, key) };
}

/** A line of text that may be left empty. */
export function optionalLineSetting(key: KeyOf<string | null>, label: string): Setting {
  return {
    key,
    label,
    show: (portal) => ({ [key]: portal[key] ?? '' }),
    read: (fields) => (textOf(fields, key).trim() === '' ? null : textOf(fields, key)),
  };
}

/** A whole number. */
export function numberSetting(key: KeyOf<number>, label: string): Setting {
  return {
    key,
    label,
    show: (portal) => ({ [key]: String(portal[key]) }),
    read: (fields) => wholeNumber(textOf(fields, key)),
  };
}

/** Not a number where the text is not a whole one. */
export function wholeNumber(text: string): number {
  return /^-?\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

/** A page with a form of some of a portal's settings. */
export interface SettingsPage {
  /** Below the address of the settings. */
  path: '' | '/emails';
  view: string;
  title: string;
  settings: Setting[];
  /** What its template prints besides the fields. */
  context(portal: Portal, fields: Fields, errors: FormErrors): object;
}

export const OWNERS_ONLY = { role: 'owner' } as const;
