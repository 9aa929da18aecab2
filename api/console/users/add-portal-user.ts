import { Router } from 'express';
import type { Problem } from '../../problem.ts';
import { NewPortalUser } from '../../schemas/portal-user.ts';
import type { Services } from '../../services.ts';
import { typedFields } from '../../typed-fields.ts';
import { newFormKey } from '../answer-once.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, readForm } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { addingErrors, addPortalUserOnce, flashInvited } from './add-once.ts';
import { INVITATION_CHOICES, presentChoices, readChoices } from './invitation-choices.ts';

const FIELDS = ['formKey', 'name', 'email', 'another', ...INVITATION_CHOICES] as const;
type Typed = Record<(typeof FIELDS)[number], string>;

/** `/users/new`: Add Portal User. */
export function addPortalUserPages(services: Services): Router {
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
      let portalUserId: string;
      try {
        const { name, email } = typed;
        const input = readForm(NewPortalUser, { name, email, ...readChoices(typed) });
        portalUserId = await addPortalUserOnce(services, portal, input, actor, typed.formKey);
      } catch (error) {
        return showForm(call, { typed, ...refusal(error, portal.slug) });
      }
      await flashInvited(request, services, portalUserId);
      response.redirect(303, `/console/${portal.slug}/users${typed.another === '' ? '' : '/new'}`);
    }),
  );
  return router;
}

interface Refusal {
  status: number;
  errors: FormErrors;
  /** The page of who is a portal user already. */
  existing?: { href: string; text: string };
}

function refusal(error: unknown, slug: string): Refusal {
  const errors = addingErrors(error, 'email');
  const { status, details } = error as Problem;
  if (details.portalUserId === undefined) return { status, errors };
  const existing = {
    href: `/console/${slug}/users/${details.portalUserId}`,
    text: 'Re-invite or reactivate them there',
  };
  return { status, errors, existing };
}

function showForm({ request, response, portal }: PortalCall, refused?: Refusal & { typed: Typed }): void {
  showConsolePage(request, response, {
    view: 'users/add-portal-user',
    title: 'Add Portal User',
    section: 'users',
    status: refused?.status ?? 200,
    context: {
      formKey: newFormKey(),
      isEnabled: portal.enabled,
      choices: presentChoices(portal, refused?.typed),
      ...refused,
    },
  });
}
