import { Router } from 'express';
import type { Contact } from '../../db/entities/index.ts';
import { findContact, portalUsersOf } from '../../db/queries/contacts.ts';
import { KnownContact } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey } from '../../web/submit-once.ts';
import { type FormErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import {
  addPortalUserErrors,
  addPortalUserOnce,
  flashInvited,
  INVITATION_FIELDS,
  invitationFormContext,
  readInvitationForm,
} from '../users/add-portal-user.ts';
import { contactRow, contactsAddress } from './contact-list.ts';

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
      const typed = typedFields(request.body, ['formKey', ...INVITATION_FIELDS]);
      try {
        const input = readForm(KnownContact, { contactId: contact.id, ...readInvitationForm(typed) });
        const portalUserId = await addPortalUserOnce(services, portal, input, actor, typed.formKey);
        await flashInvited(request, services, portalUserId);
      } catch (error) {
        const errors = addPortalUserErrors(error, 'form');
        return showContact(services, call, contact, { status: statusOf(error as Refusal), errors, typed });
      }
      response.redirect(303, `${contactsAddress(portal)}/${contact.id}`);
    }),
  );
  return router;
}

/** @throws Refusal `not_found` also for another portal's contact */
async function contactOf({ database }: Services, { request, portal }: PortalCall): Promise<Contact> {
  const id = Id.safeParse(request.params.id).data;
  const contact = id === undefined ? null : await findContact(database.em.fork(), portal.id, id);
  if (contact === null) throw new Refusal('not_found');
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
      contact: contactRow(contact, portal, users.get(contact.id)),
      formKey: newFormKey(),
      choices: invitationFormContext(portal, refused?.typed),
      errors: refused?.errors,
    },
  });
}
