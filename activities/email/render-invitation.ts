import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import { LANGUAGES, type Language } from '../../db/languages.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

const { html, text } = compileTemplate('invitation');

/** Subject, HTML and text of an invitation e-mail. Pure: the same content and link give the same bytes. */
export function renderInvitation(content: InvitationEmailContent, link: string) {
  const { kind, language, color, note, hasOwnSite, validitySeconds, expiresAt } = content;
  const context = {
    ...content,
    link,
    ...colorsBeside(color),
    manner: hasOwnSite ? 'byAddress' : 'byPassword',
    noteLines: note?.split('\n') ?? [],
    validity: duration(language, validitySeconds),
    deadline: expiresAt === null ? null : dateTime(language, new Date(expiresAt)),
  };
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

/** Made once: making one takes longer than the rest of an e-mail. */
const DURATIONS = Object.fromEntries(
  LANGUAGES.map((language) => [
    language,
    { day: durationFormat(language, 'day'), hour: durationFormat(language, 'hour') },
  ]),
) as Record<Language, Record<'day' | 'hour', Intl.NumberFormat>>;

function duration(language: Language, seconds: number): string {
  const inDays = seconds >= 2 * DAY_SECONDS;
  const count = Math.max(1, Math.floor(seconds / (inDays ? DAY_SECONDS : HOUR_SECONDS)));
  return DURATIONS[language][inDays ? 'day' : 'hour'].format(count);
}

function durationFormat(language: Language, unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
}
