import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import type { NewPortal } from '../../schemas/portal.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { chooseLanguage, type Language } from '../../vocabulary/languages.ts';
import { type FieldError, invalidFields, Refusal } from '../../vocabulary/refusal.ts';
import { makeFirstOwner } from '../operators/first-operator.ts';
import type { UnitOfWork } from '../transaction.ts';

/**
 * Creates a portal, not enabled yet.
 *
 * @param firstOperator key of the address of its owner, where the environment names one
 * @throws Refusal `portal_exists`, `invalid_request`
 */
export async function createPortal(
  { em }: UnitOfWork,
  input: NewPortal,
  actor: Actor,
  firstOperator?: string,
): Promise<Portal> {
  requireConsistentSettings(input);
  if ((await em.count(Portal, { slug: input.slug })) > 0) throw new Refusal('portal_exists');
  const portal = em.create(Portal, input);
  recordPortalEvent(em, portal, { type: 'portal_created', actor });
  if (firstOperator !== undefined) await makeFirstOwner(em, portal, firstOperator);
  await em.flush();
  return portal;
}

interface CheckedSettings {
  linkValiditySeconds: number;
  remindersAfterSeconds: number[];
  languages: Language[];
  defaultLocale: string;
  afterConfirmingUrls: string[];
  hasOwnSite: boolean;
}

/**
 * Refuses settings that contradict each other: reminders are sent before the link expires, the default language is one of the
 * portal's, and a portal with a site of its own has an address of the site.
 *
 * @throws Refusal `invalid_request`
 */
export function requireConsistentSettings(settings: CheckedSettings): void {
  const errors = [...lateReminders(settings), ...defaultOfNoPortalLanguage(settings), ...missingSiteAddress(settings)];
  if (errors.length > 0) throw invalidFields(errors);
}

function lateReminders({ linkValiditySeconds, remindersAfterSeconds }: CheckedSettings): FieldError[] {
  const tooLate = remindersAfterSeconds.findIndex((seconds) => seconds >= linkValiditySeconds);
  if (tooLate === -1) return [];
  return [{ field: `remindersAfterSeconds[${tooLate}]`, message: 'must be before the link expires' }];
}

function defaultOfNoPortalLanguage({ languages, defaultLocale }: CheckedSettings): FieldError[] {
  if (languages.includes(chooseLanguage(defaultLocale))) return [];
  return [{ field: 'defaultLocale', message: "must be one of the portal's languages" }];
}

function missingSiteAddress({ hasOwnSite, afterConfirmingUrls }: CheckedSettings): FieldError[] {
  if (!hasOwnSite || afterConfirmingUrls.length > 0) return [];
  return [{ field: 'hasOwnSite', message: 'needs an address of the site in afterConfirmingUrls' }];
}
