import { Router } from 'express';
import type { Contact } from '../../../db/entities/index.ts';
import { findContact, portalUsersOf } from '../../../db/queries/find-contacts.ts';
import { Problem } from '../../problem.ts';
import { KnownContact } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { newFormKey } from '../answer-once.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { addingErrors, addPortalUserOnce, flashInvited } from '../users/add-once.ts';
import { INVITATION_CHOICES, presentChoices, readChoices } from '../users/invitation-choices.ts';
import { contactsAddress } from './contact-view.ts';
import { presentContact } from './present-contact.ts';

/** `/contacts/<id>`: a contact, and adding it as a portal user. */
export function contactPage(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.get(
    '/:id',
    atPortal(async (call) => showContact(services, call, await contactOf(services, call))),
  );

  router.post(
    '/:id/add-portal-user',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      const contact = await contactOf(services, call);
      const typed = typedFields(request.body, ['formKey', ...INVITATION_CHOICES]);
      try {
        const input = readForm(KnownContact, { contactId: contact.id, ...readChoices(typed) });
        const portalUserId = await addPortalUserOnce(services, portal, input, actor, typed.formKey);
        await flashInvited(request, services, portalUserId);
      } catch (error) {
        const errors = addingErrors(error, 'form');
        return showContact(services, call, contact, { status: (error as Problem).status, errors, typed });
      }
      response.redirect(303, `${contactsAddress(portal)}/${contact.id}`);
    }),
  );
  return router;
}

/** @throws Problem `not_found` also for another portal's contact */
async function contactOf({ database }: Services, { request, portal }: PortalCall): Promise<Contact> {
  const id = Id.safeParse(request.params.id).data;
  const contact = id === undefined ? null : await findContact(database.em.fork(), portal.id, id);
  if (contact === null) throw new Problem('not_found');
  return contact;
}

interface Refused {
  status: number;
  errors: FormErrors;
  typed: Record<string, string>;
}

async function showContact(services: Services, call: PortalCall, contact: Contact, refused?: Refused): Promise<void> {
  const { request, response, portal } = call;
  const users = await portalUsersOf(services.database.em.fork(), [contact]);
  showConsolePage(request, response, {
    view: 'contacts/contact',
    title: contact.name,
    section: 'contacts',
    status: refused?.status ?? 200,
    context: {
      contact: presentContact(contact, portal, users.get(contact.id)),
      formKey: newFormKey(),
      choices: presentChoices(portal, refused?.typed),
      errors: refused?.errors,
    },
  });
}
