import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { EmailAddress, Id, line, Name, Timestamp, title } from './text.ts';

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
