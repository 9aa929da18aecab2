import type { Portal } from '../db/entities/index.ts';
import { DEFAULT_COLOR } from '../db/entities/portal.ts';
import type { AccountEmailContent, EmailBranding, RenderedEmail } from '../vocabulary/email-content.ts';
import type { OperatorRole } from '../vocabulary/statuses.ts';
import { type BrandingSettings, emailBranding } from './branding.ts';
import { type EmailWords, prerender, wordsWithToken } from './rendered-email.ts';
import { colorsBeside, compileTemplate, dateTime, phrases } from './templates.ts';

/** Of e-mails about an operator's account, which belongs to no portal. Operators have no language of their own. */
export function consoleBranding(): EmailBranding {
  const language = 'en';
  const name = phrases.t('console.name', { lng: language });
  return { language, portalName: name, color: DEFAULT_COLOR, logoUrl: null, senderName: name, replyTo: null };
}

/** The data of an invitation of an operator, by the portal's settings of this moment. In English: operators have no language. */
export function operatorInvitationContent(
  publicUrl: string,
  portal: BrandingSettings,
  { name, role, expiresAt }: { name: string; role: OperatorRole; expiresAt: Date },
): AccountEmailContent {
  const looks = { ...emailBranding(publicUrl, portal, null), language: 'en' } as const;
  return { kind: 'operatorInvitation', ...looks, name, role, expiresAt: expiresAt.toISOString() };
}

/** The data of a notice to a portal user that their password was changed, in their language. */
export function passwordChangedContent(
  publicUrl: string,
  portal: Portal,
  { name, locale, changedAt }: { name: string; locale: string | null | undefined; changedAt: Date },
): AccountEmailContent {
  const link = `${publicUrl}/p/${portal.slug}/forgotten-password`;
  const looks = emailBranding(publicUrl, portal, locale);
  return { kind: 'passwordChanged', ...looks, name, changedAt: changedAt.toISOString(), link };
}

/** The data of a notice to an operator that their password was changed. It names the address: each portal has its own name for them. */
export function operatorPasswordChangedContent(
  publicUrl: string,
  { email, changedAt }: { email: string; changedAt: Date },
): AccountEmailContent {
  const link = `${publicUrl}/console/forgotten-password`;
  return {
    kind: 'operatorPasswordChanged',
    ...consoleBranding(),
    name: email,
    changedAt: changedAt.toISOString(),
    link,
  };
}

const invitation = compileTemplate('operator-invitation');
const passwordChanged = compileTemplate('password-changed');

/** An e-mail about an account as its row stores it. */
export function prerenderAccountEmail(content: AccountEmailContent, publicUrl: string): RenderedEmail {
  if (content.kind === 'operatorInvitation') {
    return prerender((token) => renderAccountEmail(content, operatorInvitationLink(publicUrl, token)));
  }
  return { ...renderAccountEmail(content, content.link), tokenPlaceholder: null };
}

/** The words of an e-mail about an account. @param token of an operator's invitation; '' where the e-mail has no secret link */
export function accountEmailWords(
  { content, rendered }: { content: AccountEmailContent; rendered?: RenderedEmail | null | undefined },
  publicUrl: string,
  token: string,
): EmailWords {
  return wordsWithToken(rendered, token, () =>
    renderAccountEmail(
      content,
      content.kind === 'operatorInvitation' ? operatorInvitationLink(publicUrl, token) : content.link,
    ),
  );
}

function operatorInvitationLink(publicUrl: string, token: string): string {
  return `${publicUrl}/console/sign-in/invitation/${token}`;
}

/** Subject, HTML and text of an e-mail about an account. Pure: the same content and link give the same bytes. */
function renderAccountEmail(content: AccountEmailContent, link: string): EmailWords {
  const { kind, language, color } = content;
  const moment = (iso: string) => dateTime(language, new Date(iso));
  const context = {
    ...content,
    ...colorsBeside(color),
    link,
    consoleName: phrases.t('console.name', { lng: language }),
    ...(content.kind === 'operatorInvitation'
      ? { deadline: moment(content.expiresAt) }
      : { changedAt: moment(content.changedAt) }),
  };
  const { html, text } = kind === 'operatorInvitation' ? invitation : passwordChanged;
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}

const { html, text } = compileTemplate('password-reset');

/** The data of an e-mail with a link to a new password, but for that link: to a portal user or to an operator. */
export type PasswordResetContent = EmailBranding & {
  kind: 'passwordReset' | 'operatorPasswordReset';
  name: string;
};

/** Subject, HTML and text of the e-mail to a user who forgot their password. Pure: the same arguments give the same bytes. */
export function renderPasswordReset(content: PasswordResetContent, link: string, end: Date) {
  const { kind, language, color } = content;
  const context = { ...content, ...colorsBeside(color), link, deadline: dateTime(language, end) };
  return {
    subject: phrases.t(`${kind}.subject`, { lng: language, ...context }),
    html: html(context),
    text: text(context),
  };
}
