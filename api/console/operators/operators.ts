import { Router } from 'express';
import { addOperator } from '../../commands/add-operator.ts';
import { changeOperatorRole } from '../../commands/change-operator-role.ts';
import { findMembership } from '../../commands/find-membership.ts';
import { removeOperator } from '../../commands/remove-operator.ts';
import { Problem } from '../../problem.ts';
import { NewOperator, OperatorChange } from '../../schemas/operator.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { flash, showConsolePage, showFragment } from '../page.ts';
import { formErrors, readForm } from '../read-form.ts';
import { OWNERS_ONLY } from '../settings/settings-page.ts';
import { atPortal, isFragment, type PortalCall } from '../signed-in.ts';
import { typedFields } from '../typed-fields.ts';
import { listPath, showAdded, showOperators } from './operators-page.ts';

/** `/console/:portal/settings/operators`: who works for the portal. */
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
      const typed = typedFields(request.body, ['email', 'name', 'role']);
      try {
        const input = readForm(NewOperator, typed);
        const added = await inTransaction(database, (unit) => addOperator(unit, portal, input, actor));
        if (added.initialPassword !== null) return showAdded(services, call, added);
        const { name } = added.membership.operator.getEntity();
        flash(request, 'done', `${name} works for this portal now, and signs in with the password they have.`);
      } catch (error) {
        const errors = formErrors(error, { operator_exists: 'email' });
        return showOperators(services, call, { status: 422, typed, errors });
      }
      response.redirect(303, listPath(portal));
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/role',
    atPortal(async (call) => {
      const { request, portal, actor } = call;
      const { role } = readForm(OperatorChange, typedFields(request.body, ['role']));
      await changing(call, async () => {
        const changed = await inTransaction(database, (unit) =>
          changeOperatorRole(unit, portal, operatorId(call), role, actor),
        );
        return `${changed.operator.getEntity().name} is ${role === 'owner' ? 'an owner' : 'staff'} now.`;
      });
    }, OWNERS_ONLY),
  );

  router.get(
    '/:id/remove',
    atPortal(async (call) => {
      const { request, response, operator, portal } = call;
      const membership = await findMembership(database.em.fork(), portal, operatorId(call));
      const { id, name, email } = membership.operator.getEntity();
      const context = { portal, id, name, email, isSelf: id === operator.id };
      if (isFragment(request)) return showFragment(response, 'operators/remove', context);
      const page = { view: 'operators/remove', title: `Remove ${name}?`, section: 'settings' } as const;
      showConsolePage(request, response, { ...page, context });
    }, OWNERS_ONLY),
  );

  router.post(
    '/:id/remove',
    atPortal(async (call) => {
      await changing(call, async () => {
        const removed = await inTransaction(database, (unit) =>
          removeOperator(unit, call.portal, operatorId(call), call.actor),
        );
        return `${removed.name} no longer works for this portal.`;
      });
    }, OWNERS_ONLY),
  );
  return router;

  /** Back to the list, which says what was done, or why not. Who took their own place away goes where they still may. */
  async function changing(call: PortalCall, change: () => Promise<string>): Promise<void> {
    const { request, response, portal, operator } = call;
    try {
      flash(request, 'done', await change());
      response.redirect(303, operatorId(call) === operator.id ? '/console' : listPath(portal));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'last_owner') throw error;
      await showOperators(services, call, { status: error.status, refused: error.message });
    }
  }
}

/** @throws Problem `not_found` where the address names nobody */
function operatorId({ request }: PortalCall): string {
  const { success, data } = Id.safeParse(request.params.id);
  if (!success) throw new Problem('not_found');
  return data;
}
