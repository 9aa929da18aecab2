import { Router } from 'express';
import { z } from 'zod';
import type { Portal } from '../../db/entities/index.ts';
import { type EmailSettings, invitationContent, previewInvitation } from '../../email/invitation.ts';
import { PortalChange } from '../../schemas/portal.ts';
import type { InvitationEmailContent } from '../../vocabulary/email-content.ts';
import { LANGUAGES, type Language, languageAt } from '../../vocabulary/languages.ts';
import type { Services } from '../../web/services.ts';
import { type EmailFrame, emailFrame, showEmailHtml } from '../email-preview.ts';
import { languageOptions } from '../labels.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { type Fields, OWNERS_ONLY, type Setting, textOf } from './setting.ts';
import { readSettings, settingsErrors } from './settings-form.ts';

export const PREVIEWED = ['invitation', 'reminder'] as const satisfies InvitationEmailContent['kind'][];

const TITLES = { invitation: 'The invitation', reminder: 'A reminder' } as const;

/** What the template `previews` prints. */
export interface Previews {
  frames: EmailFrame[];
  previewLanguages: ReturnType<typeof languageOptions>;
  /** Why there is nothing to see, setting by setting. */
  refusals: string[];
  /** The same by field of the form. */
  errors: FormErrors;
}

/** A portal's e-mails by what is typed into a form of some of its settings, saved or not. Changes nothing. */
export function previewsOf(
  { publicUrl }: Services,
  { portal, operator, name }: PortalCall,
  settings: Setting[],
  fields: Fields,
): Previews {
  const wished = textOf(fields, 'previewLanguage');
  try {
    const change = readSettings(settings, fields);
    const applied = emailSettings(portal, change);
    const language = languageAt(applied, wished);
    const frames = PREVIEWED.map((kind) =>
      emailFrame(previewContent(publicUrl, applied, { kind, language, name }), publicUrl, {
        title: TITLES[kind],
        src: `/console/${portal.slug}/settings/preview/${kind}?${previewQuery(change, language)}`,
        to: operator.email,
      }),
    );
    return { frames, previewLanguages: languageOptions(applied.languages, language), refusals: [], errors: {} };
  } catch (error) {
    const refusals = Object.entries(formErrors(error)).map(([field, message]) => {
      const setting = settings.find(({ key }) => field.startsWith(key));
      return `${setting?.label ?? field}: ${message}`;
    });
    const previewLanguages = languageOptions(portal.languages, languageAt(portal, wished));
    return { frames: [], previewLanguages, refusals, errors: settingsErrors(settings, fields, error) };
  }
}

const Preview = z.object({ kind: z.enum(PREVIEWED), language: z.enum(LANGUAGES), settings: PortalChange });

/** What the frames of the previews load: an e-mail by the settings in the frame's address. */
export function previewFrames({ publicUrl }: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/preview/:kind',
    atPortal(({ request, response, portal, name }) => {
      const { language, settings: json } = request.query;
      const { settings, ...preview } = readForm(Preview, {
        kind: request.params.kind,
        language,
        settings: parse(json),
      });
      const content = previewContent(publicUrl, emailSettings(portal, settings), { ...preview, name });
      showEmailHtml(response, previewInvitation(content, publicUrl).html);
    }, OWNERS_ONLY),
  );
  return router;
}

/** Null where it is no JSON. */
function parse(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return null;
  }
}

/** Which e-mails are shown. */
export interface Occasion {
  kind: InvitationEmailContent['kind'];
  language: Language;
  name: string;
}

/** A portal's settings as they would be with a change. */
export function emailSettings(portal: Portal, change: PortalChange): EmailSettings {
  return { ...portal, ...(change as Partial<EmailSettings>) };
}

/** What somebody would be mailed by these settings: a reminder says when the link ends, which is counted from now. */
function previewContent(publicUrl: string, settings: EmailSettings, { kind, language, name }: Occasion) {
  const expiresAt = kind === 'reminder' ? new Date(Date.now() + settings.linkValiditySeconds * 1_000) : null;
  return invitationContent(publicUrl, settings, { kind, name, locale: language, note: null, expiresAt });
}

/** Carries a change to the frame that shows it: it is kept nowhere until it is saved. */
function previewQuery(change: PortalChange, language: Language): URLSearchParams {
  // The e-mail's HTML shows none of these: two are personal, the third is too long for an address.
  const { senderName, replyTo, afterConfirmingUrls, ...shown } = change;
  return new URLSearchParams({ language, settings: JSON.stringify(shown) });
}
