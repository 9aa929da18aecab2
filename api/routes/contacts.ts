import { z } from 'zod';
import { addContact } from '../../commands/contacts/add-contact.ts';
import { listContacts, portalUsersOf } from '../../db/queries/contacts.ts';
import { ContactAnswer, ContactPage, ContactsQuery, NewContact } from '../../schemas/contact.ts';
import { Slug } from '../../schemas/portal.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentContact } from '../present.ts';

const tag = 'Contacts';
const params = z.object({ portal: Slug });

export const contacts = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/contacts',
    tag,
    summary: 'Add a contact, without access to the portal',
    access: 'portal',
    params,
    body: NewContact,
    answers: { 201: { description: 'The new contact.', schema: ContactAnswer } },
    problems: ['contact_exists'],
    write: async (unit, { portal, body, actor }) => {
      const contact = await addContact(unit, portal, body, actor);
      return { status: 201, body: presentContact(contact, null) };
    },
  }),
  portalEndpoint({
    method: 'get',
    path: '/v1/portals/{portal}/contacts',
    tag,
    summary: 'List contacts by name',
    access: 'portal',
    params,
    query: ContactsQuery,
    answers: { 200: { description: 'One page of contacts.', schema: ContactPage } },
    handle: async ({ portal, query }, services) => {
      const em = services.database.em.fork();
      const { rows, nextCursor } = await sealedPage(services, `${portal.id}/contacts`, query, (page) =>
        listContacts(em, portal.id, query, page),
      );
      const users = await portalUsersOf(em, rows);
      return {
        status: 200,
        body: { data: rows.map((contact) => presentContact(contact, users.get(contact.id)?.id ?? null)), nextCursor },
      };
    },
  }),
];
