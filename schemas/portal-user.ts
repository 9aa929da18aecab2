import { z } from 'zod';
import { PORTAL_USER_SORTS } from '../db/queries/list-portal-users.ts';
import { LINK_EXPIRIES } from '../vocabulary/portal-users.ts';
import { CONFIRMATION_STATUSES, DELIVERIES } from '../vocabulary/statuses.ts';
import { MAX_ROWS, pageOf, pageQuery } from './contact.ts';
import { EmailAddress, Id, Locale, line, Name, paragraphs, Timestamp } from './text.ts';
import { WebAddress } from './web-address.ts';

const MAX_METADATA_KEYS = 50;
export const MAX_NOTE_LENGTH = 2_000;

const Metadata = z
  .record(z.string().min(1).max(40), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine(
    (metadata) => Object.keys(metadata).length <= MAX_METADATA_KEYS,
    `must have at most ${MAX_METADATA_KEYS} keys`,
  )
  .meta({ description: 'Yours to use; returned as it came.', example: { crmId: 'C-1042' } });

const Note = paragraphs(MAX_NOTE_LENGTH).meta({
  description: 'Personal words in every invitation e-mail, line ends kept.',
  example: 'Nice to have you with us!',
  override: { type: 'string' },
});

const preferences = {
  locale: Locale.nullable().default(null).meta({
    description: 'A BCP 47 language tag. Null, or none of the languages of the portal: its default is written.',
  }),
  note: Note.nullable().default(null),
  afterConfirmingUrl: WebAddress.nullable()
    .default(null)
    .meta({ description: "Where the confirmation leads: one of the portal's addresses. Null: to its first." }),
  metadata: Metadata.default({}),
};

export const KnownContact = z.strictObject({ contactId: Id, ...preferences });
export type KnownContact = z.output<typeof KnownContact>;

export const NewPortalUser = z
  .union([z.strictObject({ email: EmailAddress, name: Name, ...preferences }), KnownContact])
  .meta({ id: 'NewPortalUser', description: 'A new person, or a contact that the help desk knows already.' });
export type NewPortalUser = z.output<typeof NewPortalUser>;

export const PortalUserChange = z
  .strictObject({ name: Name, email: EmailAddress })
  .partial()
  .meta({ id: 'PortalUserChange' });
export type PortalUserChange = z.output<typeof PortalUserChange>;

export const PortalUserAnswer = z
  .object({
    id: Id,
    portal: z.string().meta({ description: "The portal's slug." }),
    contactId: Id,
    email: z.string(),
    name: z.string(),
    locale: z.string().nullable(),
    note: z.string().nullable(),
    afterConfirmingUrl: z.string().nullable(),
    metadata: Metadata,
    confirmationStatus: z.enum(CONFIRMATION_STATUSES),
    invitation: z.object({
      generation: z.int().meta({ description: 'Number of the newest confirmation link; only that one works.' }),
      emailsSent: z.int(),
      lastSentAt: Timestamp.nullable(),
      linkExpiresAt: Timestamp.nullable().meta({ description: 'Null until the link was mailed.' }),
      linkExpired: z.boolean().meta({
        description:
          'Whether the newest link, once mailed, is too old to confirm with. False for a user who is confirmed or deactivated.',
      }),
      delivery: z.enum(DELIVERIES).meta({ description: 'What became of the newest e-mail.' }),
      nextReminderAt: Timestamp.nullable(),
      workflowId: z.string(),
      workflowUrl: z.string().nullable().meta({ description: 'Its page in the Temporal UI.' }),
    }),
    confirmedAt: Timestamp.nullable(),
    deactivatedAt: Timestamp.nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: 'PortalUser' });
export type PortalUserAnswer = z.output<typeof PortalUserAnswer>;

export const PortalUsersQuery = z.strictObject({
  status: z.enum(CONFIRMATION_STATUSES).optional(),
  delivery: z.enum(DELIVERIES).optional(),
  link: z
    .enum(LINK_EXPIRIES)
    .optional()
    .meta({ description: 'Whether the newest link of somebody Not Confirmed still works.' }),
  q: line(200).optional().meta({ description: 'Part of the name or of the e-mail address.' }),
  sort: z.enum(PORTAL_USER_SORTS).default('-createdAt').meta({ description: 'A leading - turns the order round.' }),
  ...pageQuery,
});
export const PortalUserPage = pageOf(PortalUserAnswer);

export const PortalUserIds = z.strictObject({ ids: z.array(Id).min(1).max(MAX_ROWS) }).meta({ id: 'PortalUserIds' });

const EventAnswer = z
  .object({
    id: z.string(),
    type: z.string().meta({ example: 'invitation_sent' }),
    actor: z.string().meta({ example: 'api_key/019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f' }),
    data: z.record(z.string(), z.unknown()),
    occurredAt: Timestamp,
  })
  .meta({ id: 'Event' });
export const EventPage = pageOf(EventAnswer);
export const EventsQuery = z.strictObject(pageQuery);
