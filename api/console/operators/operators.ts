import { Router } from 'express';
import { type AddedOperator, addOperator } from '../../commands/add-operator.ts';
import { changeOperatorRole } from '../../commands/change-operator-role.ts';
import { findMembership } from '../../commands/find-membership.ts';
import { removeOperator } from '../../commands/remove-operator.ts';
import { resetOperatorPassword } from '../../commands/reset-operator-password.ts';
import { flash } from '../../flash.ts';
import { Problem } from '../../problem.ts';
import { NewOperator, OperatorChange } from '../../schemas/operator.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { answerOnce, REPEAT_PLACES } from '../answer-once.ts';
import { showConsolePage, showFragment } from '../page.ts';
import { formErrors, readForm } from '../read-form.ts';
import { OWNERS_ONLY } from '../settings/settings-page.ts';
import { atPortal, isFragment, type PortalCall } from '../signed-in.ts';
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
      const { formKey, ...typed } = typedFields(request.body, ['formKey', 'email', 'name', 'role']);
      try {
        const input = readForm(NewOperator, typed);
        let added: AddedOperator | undefined;
        await answerOnce(services, portal, formKey, ['operator', input], async (unit) => {
          added = await addOperator(unit, portal, input, actor);
          return { operatorId: added.membership.operator.id }; // what is remembered of it: not the password
        });
        if (added !== undefined) return showAdded(services, call, added);
        flash(
          request,
          'problem',
          `${input.name} was added by the first click. The password was shown then: make a new one if nobody has seen it.`,
        );
      } catch (error) {
        const errors = formErrors(error, { operator_exists: 'email', operator_elsewhere: 'email', ...REPEAT_PLACES });
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
    '/:id/password',
    atPortal((call) => ask(call, 'operators/new-password', 'Make a new password?'), OWNERS_ONLY),
  );

  router.post(
    '/:id/password',
    atPortal(async (call) => {
      const { portal, actor } = call;
      try {
        const made = await inTransaction(database, (unit) =>
          resetOperatorPassword(unit, portal, operatorId(call), actor),
        );
        showAdded(services, call, made);
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'operator_elsewhere') throw error;
        await showOperators(services, call, { status: error.status, refused: error.message });
      }
    }, OWNERS_ONLY),
  );

  router.get(
    '/:id/remove',
    atPortal((call) => ask(call, 'operators/remove', 'Remove an operator?'), OWNERS_ONLY),
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

  /** A question about one operator: in the dialog, or as a page. */
  async function ask(call: PortalCall, view: string, title: string): Promise<void> {
    const { request, response, operator, portal } = call;
    const id = operatorId(call);
    const membership = await findMembership(database.em.fork(), portal, id);
    const { name, email } = membership.operator.getEntity();
    const context = { portal, id, name, email, isSelf: id === operator.id };
    if (isFragment(request)) return showFragment(response, view, context);
    showConsolePage(request, response, { view, title, section: 'settings', context });
  }

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
