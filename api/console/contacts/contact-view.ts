import { z } from 'zod';
import type { Contact, Portal } from '../../../db/entities/index.ts';
import { listContacts } from '../../../db/queries/list-contacts.ts';
import type { Page } from '../../../db/queries/read-page.ts';
import { ContactsQuery } from '../../schemas/contact.ts';
import { sealedPage } from '../../sealed-page.ts';
import type { Services } from '../../services.ts';
import { readForm } from '../read-form.ts';
import { filledFields, viewAddress } from '../view-address.ts';

const ROWS = 50;

const { q, portalUser, cursor } = ContactsQuery.shape;
const Query = z.object({ q, portal_user: portalUser, cursor, before: cursor });
/** What the table of contacts shows, all of it in its address. */
export type ContactView = z.output<typeof Query>;

/** The view that an address asks for; what is left empty is not asked for, nor two pages at once. @throws Problem `invalid_request` */
export function readContactView(fields: Record<string, unknown>): ContactView {
  const { before, ...view } = readForm(Query, filledFields(fields));
  return view.cursor === undefined ? { ...view, before } : view;
}

/** The address of a view. */
export function contactsAddress(portal: Portal, view: Partial<ContactView> = {}): string {
  return viewAddress(`/console/${portal.slug}/contacts`, view);
}

/** The contacts of a view. @throws Problem `invalid_request` for a page that is not one of this list */
export async function readContacts(services: Services, portal: Portal, view: ContactView): Promise<Page<Contact>> {
  const { q, portal_user: portalUser, cursor, before } = view;
  return sealedPage(services, `${portal.id}/contacts`, { limit: ROWS, cursor, before }, (page) =>
    listContacts(services.database.em.fork(), portal.id, { q, portalUser }, page),
  );
}
