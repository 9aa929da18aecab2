import { type Request, Router } from 'express';
import { v5 as uuidOf } from 'uuid';
import { z } from 'zod';
import type { Portal } from '../../db/entities/index.ts';
import { findContacts } from '../../db/queries/contacts.ts';
import { MAX_ROWS } from '../../schemas/contact.ts';
import { KnownContact } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { toRefusal } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { addPortalUserOnce, INVITATION_FIELDS, readInvitationForm } from '../users/add-portal-user.ts';
import { type AddedRow, keepAddedRows, showAddedRows } from './added-rows.ts';
import { contactsAddress, showContacts } from './contact-list.ts';

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
      const typed = typedFields(request.body, ['formKey', ...INVITATION_FIELDS]);
      const pickedIds = idsIn(request);
      let inputs: KnownContact[];
      try {
        const { contact } = readForm(Picks, { contact: pickedIds });
        inputs = contact.map((contactId) => readForm(KnownContact, { contactId, ...readInvitationForm(typed) }));
      } catch (error) {
        const refused = { status: 400, errors: formErrors(error), pickedIds, typed };
        return showContacts(services, call, { portal_user: 'no' }, refused);
      }

      const contacts = await findContacts(services.database.em.fork(), portal.id, pickedIds);
      const rows = await addContactsAsPortalUsers(services, portal, inputs, actor, typed.formKey);
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
  await flash(request, 'done', `${what} ${isUp ? goes : 'will be mailed as soon as possible'}.`);
}

/** Well below what the pool has, so that others get their turn. */
const AT_A_TIME = 5;

/**
 * Adds contacts as portal users, each in a transaction of its own, some at a time. Safe to repeat: by the same form key
 * each gets its first answer, and by another who is a portal user already is told so. Where the database fails half-way
 * the rest is not tried and `failed`.
 *
 * @throws what the database throws where nobody was added
 */
async function addContactsAsPortalUsers(
  services: Services,
  portal: Portal,
  inputs: KnownContact[],
  actor: Actor,
  formKey: string,
): Promise<AddedRow[]> {
  const sparing = sparingTemporal(services);
  const key = Id.safeParse(formKey).data;
  const rows: AddedRow[] = [];
  let failure: unknown;

  const add = async (input: KnownContact): Promise<AddedRow> => {
    const { contactId } = input;
    const rowKey = key === undefined ? '' : uuidOf(contactId, key);
    try {
      await addPortalUserOnce(sparing, portal, input, actor, rowKey);
      return { contactId, outcome: 'added' };
    } catch (error) {
      const outcome = outcomeOf(toRefusal(error, services.logger));
      if (outcome === 'failed') failure = error;
      return { contactId, outcome };
    }
  };

  while (rows.length < inputs.length && failure === undefined) {
    rows.push(...(await Promise.all(inputs.slice(rows.length, rows.length + AT_A_TIME).map(add))));
  }
  if (failure !== undefined && !rows.some(({ outcome }) => outcome === 'added')) throw failure;
  const untried = inputs.slice(rows.length).map(({ contactId }): AddedRow => ({ contactId, outcome: 'failed' }));
  return [...rows, ...untried];
}

function outcomeOf({ code }: Refusal): AddedRow['outcome'] {
  if (code === 'not_found') return 'not_found';
  // The same form with another note: they were added by the first one.
  return code === 'portal_user_exists' || code === 'idempotency_key_reused' ? 'portal_user_exists' : 'failed';
}

/** Once Temporal did not take a start, the others are left to the housekeeping at once: waiting for each would take minutes. */
function sparingTemporal(services: Services): Services {
  let down: unknown;
  return {
    ...services,
    invitations: {
      ...services.invitations,
      async start(user) {
        if (down !== undefined) throw down;
        try {
          await services.invitations.start(user);
        } catch (error) {
          down = error;
          throw error;
        }
      },
    },
  };
}
