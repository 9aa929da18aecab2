import type { Portal } from '../../../db/entities/index.ts';
import { LANGUAGES, languageAt } from '../../../db/languages.ts';
import { MAX_NOTE_LENGTH } from '../../schemas/portal-user.ts';
import { languageName } from '../language-name.ts';

/** What an operator chooses about an invitation, beside whom it is for: fields of its forms. */
export const INVITATION_CHOICES = ['locale', 'note', 'afterConfirmingUrl'] as const;
type Choices = Partial<Record<(typeof INVITATION_CHOICES)[number], string>>;

/** The choices as the partial `invitation-choices` shows them, with what was typed before. */
export function presentChoices(portal: Portal, typed: Choices = {}) {
  const { locale = '', note = '', afterConfirmingUrl = '' } = typed;
  const option = (chosen: string) => (value: string, text: string) => ({ value, text, isChosen: value === chosen });
  const language = option(locale);
  const address = option(afterConfirmingUrl);
  const languages = LANGUAGES.filter((one) => portal.languages.includes(one));
  const [first, ...others] = portal.afterConfirmingUrls;
  return {
    languages: [
      language('', `As the portal (${languageName(languageAt(portal, null))})`),
      ...languages.map((one) => language(one, languageName(one))),
    ],
    note,
    maxNoteLength: MAX_NOTE_LENGTH,
    addresses: others.length > 0 && [
      address('', `As the portal (${first})`),
      ...portal.afterConfirmingUrls.map((one) => address(one, one)),
    ],
  };
}

/** The choices as the API's schema takes them: what is left empty follows the portal. */
export function readChoices({ locale, note, afterConfirmingUrl }: Choices) {
  return { locale: locale || null, note: note || null, afterConfirmingUrl: afterConfirmingUrl || null };
}
