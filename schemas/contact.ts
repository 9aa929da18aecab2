import { z } from 'zod';
import { EmailAddress, Id, line, Name, Timestamp, title } from './text.ts';

/** Rows in one page, and ids in one bulk call. */
export const MAX_ROWS = 200;
const DEFAULT_ROWS = 50;
/** The longest name there can be is in one, in base64. */
const MAX_CURSOR_LENGTH = 4_000;

/** The query of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS).meta({ description: 'Rows in a page.' }),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional().meta({ description: 'nextCursor of the page before.' }),
};

/** The answer of every list. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), nextCursor: z.string().nullable() });
}

export const NewContact = z
  .strictObject({ email: EmailAddress, name: Name, account: title(200).nullable().default(null) })
  .meta({ id: 'NewContact' });
export type NewContact = z.output<typeof NewContact>;

export const ContactAnswer = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    account: z.string().nullable(),
    portalUserId: Id.nullable().meta({ description: 'The portal user this contact has become.' }),
    createdAt: Timestamp,
  })
  .meta({ id: 'Contact' });
export type ContactAnswer = z.output<typeof ContactAnswer>;

export const ContactsQuery = z.strictObject({
  q: line(200).optional().meta({ description: 'Part of the name or of the e-mail address.' }),
  portalUser: z.enum(['yes', 'no']).optional().meta({ description: 'Only who is a portal user, or only who is none.' }),
  ...pageQuery,
});
export const ContactPage = pageOf(ContactAnswer);
