import { z } from 'zod';
import { DEFAULT_COLOR, DEFAULT_GIVE_UP_AFTER_SECONDS, SLUG_PATTERN } from '../db/entities/portal.ts';
import { LANGUAGES, type Language } from '../vocabulary/languages.ts';
import { EmailAddressText, Id, Locale, Name, Timestamp, title } from './text.ts';
import { WebAddress } from './web-address.ts';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const LONGEST_VALIDITY_SECONDS = 30 * DAY_SECONDS;
export const MAX_REMINDERS = 5;
const MAX_AFTER_CONFIRMING_URLS = 20;
const WHOLE_NUMBER = 'must be a whole number';

export const Slug = z
  .string()
  .regex(SLUG_PATTERN, 'must be 1 to 63 small letters, digits and inner hyphens')
  .meta({ description: "The portal's name in addresses.", example: 'acme' });

const settings = {
  name: title(200).meta({ description: 'Shown in e-mails and pages.', example: 'Acme Help Center' }),
  color: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1f5eff')
    .toLowerCase()
    .meta({ description: 'Colour of buttons in e-mails and pages.', example: '#1f5eff' }),
  languages: z
    .array(z.enum(LANGUAGES))
    .min(1, 'must name one language or more')
    .refine((languages) => new Set(languages).size === languages.length, 'must name each language once')
    .meta({ description: 'Languages that its portal users are written to in.' }),
  defaultLocale: Locale.meta({ description: 'Language of portal users who have none of their own.' }),
  senderName: Name.nullable().meta({ description: "Sender of the e-mails; null: the portal's name." }),
  replyTo: EmailAddressText.nullable().meta({ description: 'Where answers to the e-mails go.' }),
  linkValiditySeconds: z
    .int(WHOLE_NUMBER)
    .min(HOUR_SECONDS, 'must be 1 hour or more')
    .max(LONGEST_VALIDITY_SECONDS, 'must be 30 days or less')
    .meta({ description: 'How long a confirmation link is good for, from the sending: 1 hour to 30 days.' }),
  remindersAfterSeconds: z
    .array(z.int(WHOLE_NUMBER).min(60, 'must be 1 minute or more'))
    .max(MAX_REMINDERS, `must be ${MAX_REMINDERS} or fewer`)
    .refine((times) => times.every((time, i) => i === 0 || time > times[i - 1]!), 'must be in ascending order')
    .meta({ description: "When to remind, in seconds from the link's first e-mail; within its validity." }),
  reInviteCooldownSeconds: z
    .int(WHOLE_NUMBER)
    .min(0, 'must not be negative')
    .max(DAY_SECONDS, 'must be 1 day or less')
    .meta({
      description: 'The least time between an e-mail to an address and a new link for it, whatever mails the link.',
    }),
  reInviteDailyCap: z
    .int(WHOLE_NUMBER)
    .min(1, 'must be 1 or more')
    .max(100, 'must be 100 or fewer')
    .meta({ description: 'New links to one address of a portal user within 24 hours, after the first one.' }),
  giveUpAfterSeconds: z
    .int(WHOLE_NUMBER)
    .min(HOUR_SECONDS, 'must be 1 hour or more')
    .max(7 * DAY_SECONDS, 'must be 7 days or less')
    .meta({
      description:
        'How long an e-mail that the mail server does not accept is retried: 1 hour to 7 days. A reminder is retried only until its link expires.',
    }),
  afterConfirmingUrls: z
    .array(WebAddress)
    .max(MAX_AFTER_CONFIRMING_URLS, `must be ${MAX_AFTER_CONFIRMING_URLS} or fewer`)
    .refine((urls) => new Set(urls).size === urls.length, 'must name each address once')
    .meta({ description: "Where a confirmation may lead; the first is the default. Empty: to the portal's own page." }),
  hasOwnSite: z.boolean('must be true or false').meta({
    description:
      'Whether its customers use a site of your own: who confirms types the e-mail address, chooses no password here, and is led there. Needs an address in `afterConfirmingUrls`.',
  }),
};

const DEFAULT_VALIDITY_SECONDS = 7 * DAY_SECONDS;
const DEFAULT_REMINDERS_SECONDS = [3 * DAY_SECONDS];
const DEFAULTS =
  'What is left out is chosen so that it fits what is given. `defaultLocale`: English, or the first of `languages`. ' +
  '`linkValiditySeconds`: 7 days, or a day more than the last reminder. `remindersAfterSeconds`: after 3 days, if the link is valid then.';

const defaults = {
  color: settings.color.default(DEFAULT_COLOR),
  languages: settings.languages.default([...LANGUAGES]),
  defaultLocale: settings.defaultLocale.optional(),
  senderName: settings.senderName.default(null),
  replyTo: settings.replyTo.default(null),
  linkValiditySeconds: settings.linkValiditySeconds.optional(),
  remindersAfterSeconds: settings.remindersAfterSeconds.optional(),
  reInviteCooldownSeconds: settings.reInviteCooldownSeconds.default(60),
  reInviteDailyCap: settings.reInviteDailyCap.default(5),
  giveUpAfterSeconds: settings.giveUpAfterSeconds.default(DEFAULT_GIVE_UP_AFTER_SECONDS),
  afterConfirmingUrls: settings.afterConfirmingUrls.default([]),
  hasOwnSite: settings.hasOwnSite.default(false),
} satisfies Record<Exclude<keyof typeof settings, 'name'>, z.ZodType>;

export const NewPortal = z
  .strictObject({ slug: Slug, name: settings.name, ...defaults })
  .transform(withoutContradiction)
  .meta({ id: 'NewPortal', description: DEFAULTS });
export type NewPortal = z.output<typeof NewPortal>;

interface Dependent {
  languages: Language[];
  defaultLocale?: string | undefined;
  linkValiditySeconds?: number | undefined;
  remindersAfterSeconds?: number[] | undefined;
}

/** Chooses the settings that depend on each other, where they are left out, by those that are given. */
function withoutContradiction<Given extends Dependent>(given: Given) {
  const { languages, linkValiditySeconds, remindersAfterSeconds } = given;
  const validity = linkValiditySeconds ?? validityFor(remindersAfterSeconds?.at(-1) ?? 0);
  return {
    ...given,
    defaultLocale: given.defaultLocale ?? (languages.includes('en') ? 'en' : languages[0]!),
    linkValiditySeconds: validity,
    remindersAfterSeconds: remindersAfterSeconds ?? DEFAULT_REMINDERS_SECONDS.filter((seconds) => seconds < validity),
  };
}

function validityFor(lastReminderSeconds: number): number {
  const needed = Math.min(lastReminderSeconds + DAY_SECONDS, LONGEST_VALIDITY_SECONDS);
  return lastReminderSeconds < DEFAULT_VALIDITY_SECONDS ? DEFAULT_VALIDITY_SECONDS : needed;
}

export const PortalChange = z.strictObject(settings).partial().meta({ id: 'PortalChange' });
export type PortalChange = z.output<typeof PortalChange>;

export const PortalAnswer = z
  .object({ id: Id, slug: Slug, enabled: z.boolean(), ...settings, createdAt: Timestamp })
  .meta({ id: 'Portal' });
export type PortalAnswer = z.output<typeof PortalAnswer>;

export const NewApiKey = z.strictObject({ name: title(100) }).meta({ id: 'NewApiKey' });
export const ApiKeyAnswer = z
  .object({ id: Id, name: z.string(), key: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'ApiKey' });
