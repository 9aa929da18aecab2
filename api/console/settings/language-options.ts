import { LANGUAGES, type Language } from '../../../db/languages.ts';

const names = new Intl.DisplayNames('en', { type: 'language' });

/** `German`, `Austrian German`. @param locale BCP 47 */
export function languageName(locale: string): string {
  return names.of(locale) ?? locale;
}

/** Some languages to choose from, as templates print them. */
export function languageOptions(languages: Language[], chosen: Language) {
  return LANGUAGES.filter((each) => languages.includes(each)).map((value) => ({
    value,
    text: languageName(value),
    isChosen: value === chosen,
  }));
}
