import { Router } from 'express';
import { addOperator } from '../../commands/operators/add-operator.ts';
import { changeOperatorRole, findMembership, removeOperator } from '../../commands/operators/change-operator.ts';
import { reInviteOperator } from '../../commands/operators/invite-operator.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { NewOperator, OperatorChange } from '../../schemas/operator.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal, type RefusalCode } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { submitOnce } from '../../web/submit-once.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, formScope, isFragment, type PortalCall } from '../require-signed-in.ts';
import { OWNERS_ONLY } from '../settings/setting.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { operatorsAddress, showOperators } from './operators-page.ts';

/** Where the form for a new operator says what is wrong. */
const ERROR_FIELDS = {
  operator_exists: 'email',
  re_invite_too_soon: 'email',
  re_invite_cap_reached: 'email',
};
/** Why a change of an operator in the list is refused: said above the list. */
const LIST_REFUSALS: ReadonlySet<RefusalCode> = new Set([
  'last_owner',
  'operator_active',
  're_invite_too_soon',
  're_invite_cap_reached',
]);

/** `/console/:portal/settings/operators`: who works for the portal, and who is invited to. */
export function operatorPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const { database } = services;

  router.get(
    '/',
    atPortal((call) => showOperators(services, call), OWNERS_ONLY),
  );

  router.post(
    '/',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      const { formKey, ...typed } = typedFields(request.body, ['formKey', 'email', 'name', 'role']);
      try {
        const input = readForm(NewOperator, typed);
        await submitOnce(services, formScope(portal), formKey, ['operator', input], async (unit) => {
          const { membership } = await addOperator(unit, services, portal, input, actor);
          return { membershipId: membership.id };
        });
        await flash(
          request,
          'done',
          `${input.name} was invited: a link is on its way to ${input.email}. They can sign in once they have accepted.`,
        );
      } catch (error) {
        return showOperators(services, call, { status: 422, typed, errors: formErrors(error, ERROR_FIELDS) });
      }
      response.redirect(303, operatorsAddress(portal));
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/role',
    atPortal(async (call) => {
      const { request, portal, actor } = call;
      const { role } = readForm(OperatorChange, typedFields(request.body, ['role']));
      await changing(call, async () => {
        const changed = await inTransaction(database, (unit) =>
          changeOperatorRole(unit, portal, membershipId(call), role, actor),
        );
        return `${changed.name} is ${role === 'owner' ? 'an owner' : 'staff'} now.`;
      });
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/re-invite',
    atPortal(async (call) => {
      const { portal, actor } = call;
      await changing(call, async () => {
        const { membership } = await inTransaction(database, (unit) =>
          reInviteOperator(unit, services, portal, membershipId(call), actor),
        );
        return `A new link is on its way to ${membership.email}. Every earlier one is dead.`;
      });
    }, OWNERS_ONLY),
  );

  router.get(
    '/:id/remove',
    atPortal(async (call) => {
      const { request, response, operator, portal } = call;
      const membership = await findMembership(database.em.fork(), portal, membershipId(call));
      const { id, name, email, acceptedAt } = membership;
      const isSelf = membership.operator.id === operator.id;
      const context = { portal, id, name, email, isSelf, isPending: !acceptedAt };
      if (isFragment(request)) return showFragment(response, 'operators/remove', context);
      const page = { view: 'operators/remove', title: 'Remove an operator?', section: 'settings' } as const;
      showConsolePage(request, response, { ...page, context });
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/remove',
    atPortal(async (call) => {
      await changing(call, async () => {
        const removed = await inTransaction(database, (unit) =>
          removeOperator(unit, call.portal, membershipId(call), call.actor),
        );
        return removed.acceptedAt
          ? `${removed.name} no longer works for this portal.`
          : `The invitation of ${removed.name} was withdrawn: its link is dead.`;
      });
    }, OWNERS_ONLY),
  );
  return router;

  /** Back to the list, which says what was done, or why not. Who took their own place away goes where they still may. */
  async function changing(call: PortalCall, change: () => Promise<string>): Promise<void> {
    const { request, response, portal, operator } = call;
    try {
      const membership = await findMembership(database.em.fork(), portal, membershipId(call));
      await flash(request, 'done', await change());
      response.redirect(303, membership.operator.id === operator.id ? '/console' : operatorsAddress(portal));
    } catch (error) {
      if (!(error instanceof Refusal) || !LIST_REFUSALS.has(error.code)) throw error;
      const { retryAfter } = error.details;
      if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
      await showOperators(services, call, { status: statusOf(error), refused: error.message });
    }
  }
}

/** @throws Refusal `not_found` where the address names nobody */
function membershipId({ request }: PortalCall): string {
  const { success, data } = Id.safeParse(request.params.id);
  if (!success) throw new Refusal('not_found');
  return data;
}
