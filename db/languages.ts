/** Languages that e-mails and pages are written in; the first is the last resort. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The first of the wished-for BCP 47 locales (`de-AT`) that we have a language for, else English. */
export function chooseLanguage(...locales: (string | null | undefined)[]): Language {
  for (const locale of locales) {
    const language = locale?.split('-')[0]?.toLowerCase();
    const found = LANGUAGES.find((candidate) => candidate === language);
    if (found !== undefined) return found;
  }
  return LANGUAGES[0];
}
