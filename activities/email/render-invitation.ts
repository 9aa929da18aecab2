import type { InvitationEmailContent } from '../../db/invitation-email-content.ts';
import type { Language } from '../../db/languages.ts';
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

function duration(language: Language, seconds: number): string {
  const inDays = seconds >= 2 * DAY_SECONDS;
  const count = Math.max(1, Math.floor(seconds / (inDays ? DAY_SECONDS : HOUR_SECONDS)));
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: inDays ? 'day' : 'hour',
    unitDisplay: 'long',
  }).format(count);
}
