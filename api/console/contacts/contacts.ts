import { Router } from 'express';
import type { Services } from '../../services.ts';
import { addPicked } from './add-picked.ts';
import { addedRows } from './added-rows.ts';
import { contactList } from './contact-list.ts';
import { contactPage } from './contact-page.ts';
import { newContactPage } from './new-contact.ts';

/** Contacts: the table, adding one, adding several as portal users, and each contact's page. */
export function contactPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(contactList(services), newContactPage(services), addPicked(services), addedRows(services));
  router.use(contactPage(services)); // after the others, whose paths are no ids
  return router;
}
