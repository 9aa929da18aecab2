import { z } from 'zod';
import { EmailAddress, Id, Locale, line, Name, Timestamp } from './text.ts';

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
const MAX_REMINDERS = 5;

export const Slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be 1 to 63 small letters, digits and inner hyphens')
  .meta({ description: "The portal's name in addresses.", example: 'acme' });

const settings = {
  name: line(200).meta({ description: 'Shown in e-mails and pages.', example: 'Acme Help Center' }),
  defaultLocale: Locale.meta({ description: 'Language of portal users who have none of their own.' }),
  senderName: Name.nullable().meta({ description: "Sender of the e-mails; null: the portal's name." }),
  replyTo: EmailAddress.nullable().meta({ description: 'Where answers to the e-mails go.' }),
  linkValiditySeconds: z
    .int()
    .min(HOUR_SECONDS)
    .max(30 * DAY_SECONDS)
    .meta({ description: 'How long a confirmation link is good for, from the sending: 1 hour to 30 days.' }),
  remindersAfterSeconds: z
    .array(z.int().min(60))
    .max(MAX_REMINDERS)
    .refine((times) => times.every((time, i) => i === 0 || time > times[i - 1]!), 'must be in ascending order')
    .meta({ description: "When to remind, in seconds from the link's first e-mail; within its validity." }),
  reInviteCooldownSeconds: z
    .int()
    .min(0)
    .max(DAY_SECONDS)
    .meta({ description: 'The least time between an e-mail and a re-invite.' }),
  reInviteDailyCap: z.int().min(1).max(100).meta({ description: 'Re-invites of one portal user within 24 hours.' }),
};

const defaults = {
  defaultLocale: settings.defaultLocale.default('en'),
  senderName: settings.senderName.default(null),
  replyTo: settings.replyTo.default(null),
  linkValiditySeconds: settings.linkValiditySeconds.default(7 * DAY_SECONDS),
  remindersAfterSeconds: settings.remindersAfterSeconds.default([3 * DAY_SECONDS]),
  reInviteCooldownSeconds: settings.reInviteCooldownSeconds.default(60),
  reInviteDailyCap: settings.reInviteDailyCap.default(5),
};

export const NewPortal = z.strictObject({ slug: Slug, name: settings.name, ...defaults }).meta({ id: 'NewPortal' });
export type NewPortal = z.output<typeof NewPortal>;

export const PortalChange = z.strictObject(settings).partial().meta({ id: 'PortalChange' });
export type PortalChange = z.output<typeof PortalChange>;

export const PortalAnswer = z
  .object({ id: Id, slug: Slug, enabled: z.boolean(), ...settings, createdAt: Timestamp })
  .meta({ id: 'Portal' });
export type PortalAnswer = z.output<typeof PortalAnswer>;

export const NewApiKey = z.strictObject({ name: line(100) }).meta({ id: 'NewApiKey' });
export const ApiKeyAnswer = z
  .object({ id: Id, name: z.string(), key: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'ApiKey' });
