import { LANGUAGES, type Language } from '../../../db/languages.ts';
import { languageName } from '../language-name.ts';

/** Some languages to choose from, as templates print them. */
export function languageOptions(languages: Language[], chosen: Language) {
  return LANGUAGES.filter((each) => languages.includes(each)).map((value) => ({
    value,
    text: languageName(value),
    isChosen: value === chosen,
  }));
}
