import { LANGUAGES } from '../../../db/languages.ts';
import { languageName } from '../language-name.ts';
import { listOf, textOf } from './setting.ts';
import { PORTAL_SETTINGS } from './settings-of-pages.ts';
import type { SettingsPage } from './settings-page.ts';

/** How the portal looks, which languages it speaks and where it leads. */
export const portalPage: SettingsPage = {
  path: '',
  view: 'settings/portal',
  title: 'Portal settings',
  settings: PORTAL_SETTINGS,
  context(portal, fields) {
    const chosen = textOf(fields, 'defaultLocale');
    // The API takes any locale of a language, such as de-AT: that one stays.
    const locales = new Set<string>([...LANGUAGES, portal.defaultLocale]);
    const ticked = listOf(fields, 'languages');
    return {
      languages: LANGUAGES.map((value) => ({ value, text: languageName(value), isChosen: ticked.includes(value) })),
      defaultLocales: [...locales].map((value) => ({ value, text: languageName(value), isChosen: value === chosen })),
    };
  },
};
