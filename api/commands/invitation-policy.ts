import { chooseLanguage, type Language } from '../../db/languages.ts';
import { type FieldError, invalidFields } from '../problem.ts';

interface Policy {
  linkValiditySeconds: number;
  remindersAfterSeconds: number[];
  languages: Language[];
  defaultLocale: string;
  afterConfirmingUrls: string[];
  hasOwnSite: boolean;
}

/**
 * Refuses settings that contradict each other: a reminder of a link that has expired would be of no use, and who has no
 * language of their own is written to in one of the portal's, and a site of the portal's own has an address. @throws Problem `invalid_request`
 */
export function requireConsistentSettings(policy: Policy): void {
  const errors = [...lateReminders(policy), ...foreignDefault(policy), ...nowhereToGo(policy)];
  if (errors.length > 0) throw invalidFields(errors);
}

function lateReminders({ linkValiditySeconds, remindersAfterSeconds }: Policy): FieldError[] {
  const tooLate = remindersAfterSeconds.findIndex((seconds) => seconds >= linkValiditySeconds);
  if (tooLate === -1) return [];
  return [{ field: `remindersAfterSeconds[${tooLate}]`, message: 'must be before the link expires' }];
}

function foreignDefault({ languages, defaultLocale }: Policy): FieldError[] {
  if (languages.includes(chooseLanguage(defaultLocale))) return [];
  return [{ field: 'defaultLocale', message: "must be one of the portal's languages" }];
}

function nowhereToGo({ hasOwnSite, afterConfirmingUrls }: Policy): FieldError[] {
  if (!hasOwnSite || afterConfirmingUrls.length > 0) return [];
  return [{ field: 'hasOwnSite', message: 'needs an address of the site in afterConfirmingUrls' }];
}
