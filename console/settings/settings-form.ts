import { createHash } from 'node:crypto';
import { LockMode } from '@mikro-orm/postgresql';
import { changePortal } from '../../commands/portals/change-portal.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { Portal } from '../../db/entities/index.ts';
import { PortalChange } from '../../schemas/portal.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import type { PortalCall } from '../require-signed-in.ts';
import type { Fields, Setting } from './setting.ts';

const HASH_LENGTH = 12;

/** By setting, a hash of the value that a form was shown with: tells what was changed in the form, and what meanwhile elsewhere. */
export type ShownHashes = Record<string, string>;

/** What a form holds before anybody types. */
export function fieldsOf(settings: Setting[], portal: Portal): Fields {
  return Object.assign({}, ...settings.map(({ show }) => show(portal)));
}

/** What a portal's settings are at this moment, for a hidden field of the form that shows them. */
export function hashesOf(settings: Setting[], portal: Portal): ShownHashes {
  return Object.fromEntries(settings.map((setting) => [setting.key, hash(setting.read(setting.show(portal)))]));
}

/** Reads the hidden field again; what is not there counts as changed. */
export function readHashes(text: unknown): ShownHashes {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return {};
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, HASH_LENGTH);
}

/** The settings that were changed in the form, from what it was shown with. */
export function changedIn(settings: Setting[], fields: Fields, shown: ShownHashes): Setting[] {
  return settings.filter(({ key, read }) => hash(read(fields)) !== shown[key]);
}

/** Of the settings that were changed in the form, those that somebody else has given another value meanwhile. */
function changedMeanwhile(changed: Setting[], fields: Fields, shown: ShownHashes, portal: Portal): Setting[] {
  const now = hashesOf(changed, portal);
  return changed.filter(({ key, read }) => now[key] !== shown[key] && now[key] !== hash(read(fields)));
}

/** The settings' values as they are typed, by the schema of the JSON API. @throws Refusal `invalid_request` */
export function readSettings(settings: Setting[], fields: Fields): PortalChange {
  return readForm(PortalChange, Object.fromEntries(settings.map(({ key, read }) => [key, read(fields)])));
}

/** Why a form was refused that is otherwise right. */
export const CHANGED_MEANWHILE = 'changed_meanwhile';

/**
 * Saves what was changed in a form since it was shown, and nothing else: two operators at once do not undo each other's
 * settings. A setting that both have changed is refused, so that the second one knows.
 *
 * @returns whether there was anything to save
 * @throws Refusal `invalid_request`, with the reason {@link CHANGED_MEANWHILE} if that is all
 */
export async function saveSettings(
  { database }: Services,
  { portal: { id }, actor }: PortalCall,
  settings: Setting[],
  fields: Fields,
  shown: ShownHashes,
): Promise<boolean> {
  const changed = changedIn(settings, fields, shown);
  if (changed.length === 0) return false;
  const change = readSettings(changed, fields);
  await inTransaction(database, async (unit) => {
    const current = await unit.em.findOneOrFail(Portal, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const conflicts = changedMeanwhile(changed, fields, shown, current);
    if (conflicts.length > 0) {
      const errors = conflicts.map(({ key }) => ({
        field: key,
        message: 'was changed by somebody else meanwhile; save again to replace that',
      }));
      throw new Refusal('invalid_request', { reason: CHANGED_MEANWHILE, errors });
    }
    await changePortal(unit, id, change, actor);
  });
  return true;
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
