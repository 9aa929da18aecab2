import { languageAt } from '../../../db/languages.ts';
import type { Services } from '../../services.ts';
import { type EmailFrame, emailFrame } from '../email-preview.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import type { PortalCall } from '../signed-in.ts';
import { languageOptions } from './language-options.ts';
import { emailSettings, PREVIEWED, previewContent, previewQuery } from './preview-content.ts';
import { type Fields, type Setting, textOf } from './setting.ts';
import { readSettings, settingsErrors } from './settings-form.ts';

const TITLES = { invitation: 'The invitation', reminder: 'A reminder' } as const;

/** What the template `previews` prints. */
export interface Previews {
  frames: EmailFrame[];
  previewLanguages: ReturnType<typeof languageOptions>;
  /** Why there is nothing to see, setting by setting. */
  refusals: string[];
  /** The same by field of the form. */
  errors: FormErrors;
}

/** A portal's e-mails by what is typed into a form of some of its settings, saved or not. Changes nothing. */
export function previewsOf(
  { publicUrl }: Services,
  { portal, operator, name }: PortalCall,
  settings: Setting[],
  fields: Fields,
): Previews {
  const wished = textOf(fields, 'previewLanguage');
  try {
    const change = readSettings(settings, fields);
    const applied = emailSettings(portal, change);
    const language = languageAt(applied, wished);
    const frames = PREVIEWED.map((kind) =>
      emailFrame(previewContent(publicUrl, applied, { kind, language, name }), publicUrl, {
        title: TITLES[kind],
        src: `/console/${portal.slug}/settings/preview/${kind}?${previewQuery(change, language)}`,
        to: operator.email,
      }),
    );
    return { frames, previewLanguages: languageOptions(applied.languages, language), refusals: [], errors: {} };
  } catch (error) {
    const refusals = Object.entries(formErrors(error)).map(([field, message]) => {
      const setting = settings.find(({ key }) => field.startsWith(key));
      return `${setting?.label ?? field}: ${message}`;
    });
    const previewLanguages = languageOptions(portal.languages, languageAt(portal, wished));
    return { frames: [], previewLanguages, refusals, errors: settingsErrors(settings, fields, error) };
  }
}
