import { type Request, Router } from 'express';
import { z } from 'zod';
import { findContacts } from '../../../db/queries/find-contacts.ts';
import { flash } from '../../flash.ts';
import { MAX_ROWS } from '../../schemas/page.ts';
import { KnownContact } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { INVITATION_CHOICES, readChoices } from '../users/invitation-choices.ts';
import { addEach } from './add-each.ts';
import { keepAddedRows, showAddedRows } from './added-rows.ts';
import { showContacts } from './contact-list.ts';
import { contactsAddress } from './contact-view.ts';

const Picks = z.object({
  contact: z
    .array(Id)
    .min(1, 'Tick at least one contact.')
    .max(MAX_ROWS, `At most ${MAX_ROWS} contacts can be added at a time.`),
});

/** `add-portal-users`: makes the ticked contacts portal users, and shows what became of each. */
export function addPicked(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.post(
    '/add-portal-users',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      const typed = typedFields(request.body, ['formKey', ...INVITATION_CHOICES]);
      const pickedIds = idsIn(request);
      let inputs: KnownContact[];
      try {
        const { contact } = readForm(Picks, { contact: pickedIds });
        inputs = contact.map((contactId) => readForm(KnownContact, { contactId, ...readChoices(typed) }));
      } catch (error) {
        const refused = { status: 400, errors: formErrors(error), pickedIds, typed };
        return showContacts(services, call, { portal_user: 'no' }, refused);
      }

      const contacts = await findContacts(services.database.em.fork(), portal.id, pickedIds);
      const rows = await addEach(services, portal, inputs, actor, typed.formKey);
      if (rows.some(({ outcome }) => outcome === 'failed')) return showAddedRows(call, rows, contacts);
      const added = rows.filter(({ outcome }) => outcome === 'added').length;
      if (added > 0) await flashAdded(services, call, added);
      response.redirect(303, `${contactsAddress(portal)}/added/${await keepAddedRows(services, portal, rows)}`);
    }),
  );
  return router;
}

/** Each ticked id once: a contact is ticked in the table and above it. What is no id comes from no page of ours. */
function idsIn({ body }: Request): string[] {
  const sent = [(body as { contact?: unknown })?.contact].flat();
  return [...new Set(sent.flatMap((id) => Id.safeParse(id).data ?? []))];
}

async function flashAdded({ invitations }: Services, { request }: PortalCall, count: number): Promise<void> {
  const isUp = await invitations.isReachable();
  const [what, goes] = count === 1 ? ['1 invitation', 'is on its way'] : [`${count} invitations`, 'are on their way'];
  flash(request, 'done', `${what} ${isUp ? goes : 'will be mailed as soon as possible'}.`);
}
