import { Router } from 'express';
import { changePortalUser } from '../../commands/portal-users/change-portal-user.ts';
import { deactivatePortalUser } from '../../commands/portal-users/deactivate-portal-user.ts';
import { reInvitePortalUser } from '../../commands/portal-users/re-invite.ts';
import { reactivatePortalUser } from '../../commands/portal-users/reactivate-portal-user.ts';
import { inTransaction } from '../../commands/transaction.ts';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import { PortalUserChange } from '../../schemas/portal-user.ts';
import { invalidFields, Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import type { Services } from '../../web/services.ts';
import { formErrors, readForm } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { requireUserOfPage, showUser } from './user-page.ts';

/** What can be done to one portal user. Each comes back to the user's page, which says what became of it. */
export function userActions(services: Services): Router {
  const router = Router({ mergeParams: true });

  router.post(
    '/:id/re-invite',
    acting(async ({ portal, actor }, user) => {
      const { isPending } = await reInvitePortalUser(services, portal, user, actor);
      if (isPending) return 'A new confirmation link was requested. It is mailed as soon as a worker is available.';
      return `A new confirmation link is on its way to ${user.contact.getEntity().email}. Every earlier link is dead.`;
    }),
  );

  router.get(
    '/:id/deactivate',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const user = await requireUserOfPage(services, call);
      const { name } = user.contact.getEntity();
      const context = { id: user.id, name, portal, isConfirmed: user.confirmationStatus === 'confirmed' };
      if (isFragment(request)) showFragment(response, 'users/deactivate', context);
      else
        showConsolePage(request, response, {
          view: 'users/deactivate',
          title: `Deactivate ${name}?`,
          section: 'users',
          context,
        });
    }),
  );

  router.post(
    '/:id/deactivate',
    acting(async ({ actor }, user) => {
      const { user: now, isPending } = await deactivatePortalUser(services, user, actor);
      if (isPending) return 'The access will be taken away as soon as a worker records it.';
      if (now.confirmationStatus !== 'deactivated')
        return `${user.contact.getEntity().name} was deactivated, and another operator has reactivated them since.`;
      return `${user.contact.getEntity().name} is deactivated. No link and no password opens the portal for them.`;
    }),
  );

  router.post(
    '/:id/reactivate',
    acting(async ({ portal, actor }, { id }) => {
      const user = await inTransaction(services.database, (unit) =>
        reactivatePortalUser(unit, services, portal, id, actor),
      );
      const { email, name } = user.contact.getEntity();
      if (user.confirmationStatus === 'confirmed') return `${name} is Confirmed again.${signInHint(portal, user)}`;
      return `${name} is reactivated. A new invitation to ${email} ${await mailing(services)}.`;
    }),
  );

  router.post(
    '/:id/correct',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      const before = await requireUserOfPage(services, call);
      const { id } = before;
      try {
        const typed = typedFields(request.body, CORRECTION_FIELDS);
        const change = readForm(PortalUserChange, changesOf(typed));
        const user = await inTransaction(services.database, (unit) =>
          changePortalUser(unit, services, portal, id, change, actor, (locked) => requireShown(locked, change, typed)),
        );
        await flash(request, 'done', await corrected(services, before, user));
        response.redirect(303, pageOf(portal, id));
      } catch (error) {
        const errors = formErrors(error, {
          portal_user_exists: 'email',
          contact_exists: 'email',
          already_confirmed: 'email',
          deactivated: 'email',
          re_invite_too_soon: 'email',
          re_invite_cap_reached: 'email',
        });
        const typed = typedFields(request.body, CORRECTION_FIELDS);
        await showUser(services, call, await requireUserOfPage(services, call), { ...typed, errors });
      }
    }),
  );
  return router;

  /** Does something to the user that the address names, and says on the user's page what became of it, or why nothing was done. */
  function acting(act: (call: PortalCall, user: PortalUser) => Promise<string>) {
    return atPortal(async (call) => {
      const { request, response, portal } = call;
      const user = await requireUserOfPage(services, call);
      try {
        await flash(request, 'done', await act(call, user));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const what = error.code === 'unavailable' ? 'It may not have been done.' : 'Nothing was done.';
        await flash(request, 'problem', `${what} ${error.title}. ${error.details.detail ?? ''}`);
      }
      response.redirect(303, pageOf(portal, user.id));
    });
  }
}

function pageOf({ slug }: Portal, id: string): string {
  return `/console/${slug}/users/${id}`;
}

const CORRECTION_FIELDS = ['name', 'email', 'shownName', 'shownEmail'] as const;
type Typed = Record<(typeof CORRECTION_FIELDS)[number], string>;

/** The fields that the operator changed in the form: the others may have been corrected by another operator since. */
function changesOf({ name, email, shownName, shownEmail }: Typed): object {
  return { ...(name !== shownName && { name }), ...(email !== shownEmail && { email }) };
}

/** @throws Refusal `invalid_request` on a field that another operator has changed since the form was shown */
function requireShown(locked: PortalUser, change: PortalUserChange, { shownName, shownEmail }: Typed): void {
  const current = locked.contact.getEntity();
  const clashes = [
    { field: 'name', isChanged: change.name !== undefined, shown: shownName, current: current.name },
    { field: 'email', isChanged: change.email !== undefined, shown: shownEmail, current: current.email },
  ].filter((field) => field.isChanged && field.shown !== field.current);
  if (clashes.length === 0) return;
  const message = 'was changed by somebody else meanwhile; send it again to replace that';
  throw invalidFields(clashes.map((field) => ({ field: field.field, message: `${message}: ${field.current}` })));
}

async function corrected(services: Services, before: PortalUser, after: PortalUser): Promise<string> {
  if (before.generation === after.generation) return 'Corrected.';
  const { email } = after.contact.getEntity();
  return `Corrected. A new link to ${email} ${await mailing(services)}; every earlier link is dead.`;
}

/** How somebody who is Confirmed again signs in, where the portal's customers do so here. */
function signInHint({ hasOwnSite }: Portal, { hasPassword }: PortalUser): string {
  if (hasOwnSite) return '';
  return hasPassword
    ? ' They sign in with the password they chose.'
    : ' They do not have a password yet: “I forgot my password” on the sign-in page sends them a link to choose one.';
}

/** With Temporal down it is carried out later. */
async function mailing({ invitations }: Services): Promise<string> {
  return (await invitations.isReachable()) ? 'is on its way' : 'will be mailed as soon as possible';
}
