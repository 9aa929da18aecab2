import { type Fields, type Setting, textOf, wholeNumber } from './setting.ts';

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
