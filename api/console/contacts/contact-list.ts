import { Router } from 'express';
import { findContacts, portalUsersOf } from '../../../db/queries/find-contacts.ts';
import type { Services } from '../../services.ts';
import { newFormKey } from '../answer-once.ts';
import { showConsolePage, showFragment } from '../page.ts';
import type { FormErrors } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { presentChoices } from '../users/invitation-choices.ts';
import { type ContactView, contactsAddress, readContacts, readContactView } from './contact-view.ts';
import { presentContact } from './present-contact.ts';

/** Contacts by name, to search and to pick from; the table by itself for the script that searches while one types. */
export function contactList(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/',
    atPortal(async (call) => {
      const view = readContactView(call.request.query);
      if (call.request.get('HX-Target') !== 'contacts') return showContacts(services, call, view);
      showFragment(call.response, 'contacts/table', await tableOf(services, call, view));
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
      ...(await tableOf(services, call, view)),
      filters: FILTERS.map((filter) => ({ ...filter, isChosen: filter.value === (view.portal_user ?? '') })),
      formKey: newFormKey(),
      choices: presentChoices(portal, typed),
      picked: picked.map((contact) => presentContact(contact, portal)),
      errors,
    },
  });
}

const FILTERS = [
  { value: '', text: 'All contacts' },
  { value: 'no', text: 'Not yet portal users' },
  { value: 'yes', text: 'Portal users' },
];

async function tableOf(services: Services, { portal }: PortalCall, view: ContactView) {
  const { rows, nextCursor, previousCursor } = await readContacts(services, portal, view);
  const users = await portalUsersOf(services.database.em.fork(), rows);
  const { cursor, before, ...filter } = view;
  return {
    view,
    rows: rows.map((contact) => presentContact(contact, portal, users.get(contact.id))),
    isFiltered: filter.q !== undefined || filter.portal_user !== undefined,
    everything: contactsAddress(portal),
    next: nextCursor && contactsAddress(portal, { ...filter, cursor: nextCursor }),
    previous: previousCursor && contactsAddress(portal, { ...filter, before: previousCursor }),
  };
}
