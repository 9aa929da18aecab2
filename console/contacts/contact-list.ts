import { Router } from 'express';
import { z } from 'zod';
import type { Contact, Portal, PortalUser } from '../../db/entities/index.ts';
import { findContacts, listContacts, portalUsersOf } from '../../db/queries/contacts.ts';
import type { Page } from '../../db/queries/read-page.ts';
import { ContactsQuery } from '../../schemas/contact.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import { statusLabel } from '../labels.ts';
import { moment } from '../moment.ts';
import { type FormErrors, filledFields, readForm, viewAddress } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { invitationFormContext } from '../users/add-portal-user.ts';

const ROWS = 50;

const { q, portalUser, cursor } = ContactsQuery.shape;

const Query = z.object({ q, portal_user: portalUser, cursor, before: cursor });

/** What the table of contacts shows, all of it in its address. */
export type ContactView = z.output<typeof Query>;

/** The view that an address asks for; what is left empty is not asked for, nor two pages at once. @throws Refusal `invalid_request` */
function readContactView(fields: Record<string, unknown>): ContactView {
  const { before, ...view } = readForm(Query, filledFields(fields));
  return view.cursor === undefined ? { ...view, before } : view;
}

/** The address of a view. */
export function contactsAddress(portal: Portal, view: Partial<ContactView> = {}): string {
  return viewAddress(`/console/${portal.slug}/contacts`, view);
}

/** Contacts by name, to search and to pick from; the table by itself for the script that searches while one types. */
export function contactList(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/',
    atPortal(async (call) => {
      const view = readContactView(call.request.query);
      if (call.request.get('HX-Target') !== 'contacts') return showContacts(services, call, view);
      showFragment(call.response, 'contacts/table', await contactTable(services, call, view));
    }),
  );
  return router;
}

/** A refused form about picked contacts, to be shown again. */
export interface RefusedPicks {
  status: number;
  errors: FormErrors;
  pickedIds: string[];
  typed: { locale: string; note: string };
}

const FILTERS = [
  { value: '', text: 'All contacts' },
  { value: 'no', text: 'Not yet portal users' },
  { value: 'yes', text: 'Portal users' },
];

/** The whole page, with what was picked and typed in a form that was refused. */
export async function showContacts(
  services: Services,
  call: PortalCall,
  view: ContactView,
  { status = 200, errors = {}, pickedIds = [], typed }: Partial<RefusedPicks> = {},
): Promise<void> {
  const { request, response, portal } = call;
  const picked = await findContacts(services.database.em.fork(), portal.id, pickedIds);
  showConsolePage(request, response, {
    view: 'contacts/contacts',
    title: 'Contacts',
    section: 'contacts',
    status,
    context: {
      ...(await contactTable(services, call, view)),
      filters: FILTERS.map((filter) => ({ ...filter, isChosen: filter.value === (view.portal_user ?? '') })),
      formKey: newFormKey(),
      choices: invitationFormContext(portal, typed),
      picked: picked.map((contact) => contactRow(contact, portal)),
      errors,
    },
  });
}

async function contactTable(services: Services, { portal }: PortalCall, view: ContactView) {
  const { rows, nextCursor, previousCursor } = await readContacts(services, portal, view);
  const users = await portalUsersOf(services.database.em.fork(), rows);
  const { cursor, before, ...filter } = view;
  return {
    view,
    rows: rows.map((contact) => contactRow(contact, portal, users.get(contact.id))),
    isFiltered: filter.q !== undefined || filter.portal_user !== undefined,
    everything: contactsAddress(portal),
    next: nextCursor && contactsAddress(portal, { ...filter, cursor: nextCursor }),
    previous: previousCursor && contactsAddress(portal, { ...filter, before: previousCursor }),
  };
}

/** The contacts of a view. @throws Refusal `invalid_request` for a page that is not one of this list */
async function readContacts(services: Services, portal: Portal, view: ContactView): Promise<Page<Contact>> {
  const { q, portal_user: portalUser, cursor, before } = view;
  return sealedPage(services, `${portal.id}/contacts`, { limit: ROWS, cursor, before }, (page) =>
    listContacts(services.database.em.fork(), portal.id, { q, portalUser }, page),
  );
}

/** A contact as pages print it. @param user the portal user it has become */
export function contactRow({ id, name, email, account, createdAt }: Contact, portal: Portal, user?: PortalUser) {
  return {
    id,
    href: `${contactsAddress(portal)}/${id}`,
    name,
    email,
    account,
    added: moment(createdAt),
    user: user && {
      href: `/console/${portal.slug}/users/${user.id}`,
      status: statusLabel(user.confirmationStatus),
    },
  };
}
