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
function wholeNumber(text: string): number {
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

const UNIT_SECONDS = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 } as const;
export type Unit = keyof typeof UNIT_SECONDS;
const UNITS = Object.keys(UNIT_SECONDS) as Unit[];

/** A length of time: a number and its unit. */
export function durationSetting(
  key: 'linkValiditySeconds' | 'reInviteCooldownSeconds' | 'giveUpAfterSeconds',
  label: string,
  name: string,
): Setting {
  return {
    key,
    label,
    show: (portal) => durationFields(name, portal[key]),
    read: (fields) => readDuration(fields, name),
    place: () => ({ name }),
  };
}

/** Several lengths of time, each in a row of its own; rows that are left empty count for nothing. */
export function durationsSetting(key: 'remindersAfterSeconds', label: string, name: string, rows: number): Setting {
  const names = Array.from({ length: rows }, (_, row) => `${name}${row + 1}`);
  const filled = (fields: Fields) => names.filter((row) => textOf(fields, row).trim() !== '');
  return {
    key,
    label,
    show: (portal) => Object.assign({}, ...names.map((row, i) => durationFields(row, portal[key][i]))),
    read: (fields) => filled(fields).map((row) => readDuration(fields, row)),
    place: (fields, index) => ({ name: (index === undefined ? undefined : filled(fields)[index]) ?? name }),
  };
}

/** The fields of a length of time, in the largest unit that it is a whole number of; undefined: empty. */
function durationFields(name: string, seconds: number | undefined): Fields {
  const unit = UNITS.find((each) => seconds && seconds % UNIT_SECONDS[each] === 0) ?? 'days';
  const count = seconds === undefined ? '' : String(seconds / UNIT_SECONDS[unit]);
  return { [name]: count, [`${name}Unit`]: unit };
}

function readDuration(fields: Fields, name: string): number {
  const unit = textOf(fields, `${name}Unit`);
  return wholeNumber(textOf(fields, name)) * (unit in UNIT_SECONDS ? UNIT_SECONDS[unit as Unit] : Number.NaN);
}

/** What the partial `duration` prints. */
export function presentDuration(fields: Fields, name: string, units: readonly Unit[] = UNITS) {
  const unit = textOf(fields, `${name}Unit`);
  const shown = UNITS.filter((each) => units.includes(each) || each === unit);
  return { value: textOf(fields, name), units: shown.map((each) => ({ value: each, isChosen: each === unit })) };
}
