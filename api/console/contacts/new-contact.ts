import { Router } from 'express';
import { addContact } from '../../commands/add-contact.ts';
import { flash } from '../../flash.ts';
import type { Problem } from '../../problem.ts';
import { NewContact } from '../../schemas/contact.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { answerOnce, newFormKey, REPEAT_PLACES } from '../answer-once.ts';
import { showConsolePage } from '../page.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { contactsAddress } from './contact-view.ts';

const FIELDS = ['formKey', 'name', 'email', 'account'] as const;

/** `/contacts/new`: Add a contact. */
export function newContactPage(services: Services): Router {
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
        const { contactId } = await answerOnce(services, portal, formKey, ['contact', input], async (unit) => {
          const contact = await addContact(unit, portal, input, actor);
          return { contactId: contact.id };
        });
        flash(request, 'done', `${input.name} was added.`);
        response.redirect(303, `${contactsAddress(portal)}/${contactId}`);
      } catch (error) {
        const errors = formErrors(error, { contact_exists: 'email', ...REPEAT_PLACES });
        const { status, details } = error as Problem;
        const existing = details.contactId && {
          href: `${contactsAddress(portal)}/${details.contactId}`,
          text: 'See the contact',
        };
        showForm(call, status, { typed, errors, existing });
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
