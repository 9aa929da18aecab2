import type { Portal } from '../db/entities/index.ts';
import type { InvitationEmailContent, RenderedEmail } from '../vocabulary/email-content.ts';
import { LANGUAGES, type Language } from '../vocabulary/languages.ts';
import { type BrandingSettings, emailBranding } from './branding.ts';
import { type EmailWords, prerender, wordsWithToken } from './rendered-email.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

/** The settings of a portal that show in its invitation e-mails. */
export type EmailSettings = BrandingSettings & Pick<Portal, 'linkValiditySeconds' | 'hasOwnSite'>;

/** The recipient, and which e-mail it is. */
export interface InvitationOccasion {
  kind: InvitationEmailContent['kind'];
  name: string;
  /** BCP 47; null follows the portal. */
  locale: string | null | undefined;
  note: string | null | undefined;
  /** When the link ends, once that is known. */
  expiresAt: Date | null | undefined;
}

/** The data of an invitation e-mail, by the portal's settings of this moment. */
export function invitationContent(
  publicUrl: string,
  portal: EmailSettings,
  { kind, name, locale, note, expiresAt }: InvitationOccasion,
): InvitationEmailContent {
  return {
    kind,
    ...emailBranding(publicUrl, portal, locale),
    name,
    note: note ?? null,
    hasOwnSite: portal.hasOwnSite,
    validitySeconds: portal.linkValiditySeconds,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

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

/** An invitation e-mail as its row stores it. */
export function prerenderInvitation(content: InvitationEmailContent, publicUrl: string): RenderedEmail {
  return prerender((token) => renderInvitation(content, confirmationLink(publicUrl, token)));
}

/** The words of an invitation e-mail, with the token of its confirmation link. */
export function invitationWords({ content, rendered }: StoredInvitation, publicUrl: string, token: string): EmailWords {
  return wordsWithToken(rendered, token, () => renderInvitation(content, confirmationLink(publicUrl, token)));
}

/** What an invitation e-mail's row has of its words. */
export interface StoredInvitation {
  content: InvitationEmailContent;
  /** Absent or null: not stored. */
  rendered?: RenderedEmail | null | undefined;
}

/** In place of a token that staff may not see: it is the portal user's secret. */
const HIDDEN_TOKEN = '\u2026';

/** An invitation e-mail for the eyes of staff: what was or would be sent, but with a link that opens nothing. */
export function previewInvitation(
  content: InvitationEmailContent,
  publicUrl: string,
  rendered?: StoredInvitation['rendered'],
): EmailWords {
  return invitationWords({ content, rendered }, publicUrl, HIDDEN_TOKEN);
}

/** The same, with a subject that says that it is a test. */
export function testInvitation(content: InvitationEmailContent, publicUrl: string): EmailWords {
  const words = previewInvitation(content, publicUrl);
  return { ...words, subject: phrases.t('testEmail.subject', { lng: content.language, subject: words.subject }) };
}

function confirmationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/confirm/${token}`;
}
