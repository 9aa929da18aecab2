const names = new Intl.DisplayNames('en', { type: 'language' });

/** `German`, `Austrian German`. What a tag says beyond language, script and region has no name. @param locale BCP 47 */
export function languageName(locale: string): string {
  return names.of(new Intl.Locale(locale).baseName) ?? locale;
}
