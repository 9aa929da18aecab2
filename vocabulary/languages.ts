/** Languages that e-mails and pages are written in; the first is the last resort. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language in which a portal writes to somebody with this BCP 47 locale: one of its own. */
export function languageAt(
  { languages, defaultLocale }: { languages: Language[]; defaultLocale: string },
  locale: string | null | undefined,
): Language {
  for (const wished of [locale, defaultLocale]) {
    const language = languageOf(wished);
    if (language !== undefined && languages.includes(language)) return language;
  }
  return languages[0] ?? LANGUAGES[0];
}

/** The first of the wished-for BCP 47 locales (`de-AT`) that we have a language for, else English. */
export function chooseLanguage(...locales: (string | null | undefined)[]): Language {
  for (const locale of locales) {
    const language = languageOf(locale);
    if (language !== undefined) return language;
  }
  return LANGUAGES[0];
}

/** The language of ours that a BCP 47 locale (`de-AT`) is of; undefined where we have none. */
export function languageOf(locale: string | null | undefined): Language | undefined {
  const language = locale?.split('-')[0]?.toLowerCase();
  return LANGUAGES.find((candidate) => candidate === language);
}
