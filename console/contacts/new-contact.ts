import { Router } from 'express';
import { addContact } from '../../commands/contacts/add-contact.ts';
import { NewContact } from '../../schemas/contact.ts';
import type { Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey, submitOnce } from '../../web/submit-once.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, formScope, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { addPicked } from './add-picked.ts';
import { addedRows } from './added-rows.ts';
import { contactList, contactsAddress } from './contact-list.ts';
import { contactPage } from './contact-page.ts';

const FIELDS = ['formKey', 'name', 'email', 'account'] as const;

/** `/contacts/new`: Add a contact. */
function newContactPage(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.get(
    '/new',
    atPortal((call) => showForm(call)),
  );

  router.post(
    '/new',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      const typed = typedFields(request.body, FIELDS);
      try {
        const { formKey, name, email, account } = typed;
        const input = readForm(NewContact, { name, email, account: account.trim() === '' ? null : account });
        const { contactId } = await submitOnce(
          services,
          formScope(portal),
          formKey,
          ['contact', input],
          async (unit) => {
            const contact = await addContact(unit, portal, input, actor);
            return { contactId: contact.id };
          },
        );
        await flash(request, 'done', `${input.name} was added.`);
        response.redirect(303, `${contactsAddress(portal)}/${contactId}`);
      } catch (error) {
        const errors = formErrors(error, { contact_exists: 'email' });
        const { details } = error as Refusal;
        const existing = details.contactId && {
          href: `${contactsAddress(portal)}/${details.contactId}`,
          text: 'See the contact',
        };
        showForm(call, statusOf(error as Refusal), { typed, errors, existing });
      }
    }),
  );
  return router;
}

function showForm({ request, response }: PortalCall, status = 200, refused: object = {}): void {
  showConsolePage(request, response, {
    view: 'contacts/new-contact',
    title: 'Add a contact',
    section: 'contacts',
    status,
    context: { formKey: newFormKey(), ...refused },
  });
}

/** Contacts: the table, adding one, adding several as portal users, and each contact's page. */
export function contactPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(contactList(services), newContactPage(services), addPicked(services), addedRows(services));
  router.use(contactPage(services)); // after the others, whose paths are no ids
  return router;
}
