import { type Request, Router } from 'express';
import { addPortalUser } from '../../commands/portal-users/add-portal-user.ts';
import { type Portal, PortalUser } from '../../db/entities/index.ts';
import { MAX_NOTE_LENGTH, NewPortalUser } from '../../schemas/portal-user.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { LANGUAGES, languageAt } from '../../vocabulary/languages.ts';
import type { Refusal } from '../../vocabulary/refusal.ts';
import type { ConfirmationStatus } from '../../vocabulary/statuses.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { statusOf } from '../../web/problem.ts';
import type { Services } from '../../web/services.ts';
import { newFormKey, submitOnce } from '../../web/submit-once.ts';
import { languageName, STATUS_LABELS } from '../labels.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import { atPortal, formScope, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';

/** What an operator chooses about an invitation, beside whom it is for: fields of its forms. */
export const INVITATION_FIELDS = ['locale', 'note', 'afterConfirmingUrl'] as const;
type InvitationForm = Partial<Record<(typeof INVITATION_FIELDS)[number], string>>;

/** The choices as the partial `invitation-choices` shows them, with what was typed before. */
export function invitationFormContext(portal: Portal, typed: InvitationForm = {}) {
  const { locale = '', note = '', afterConfirmingUrl = '' } = typed;
  const option = (chosen: string) => (value: string, text: string) => ({ value, text, isChosen: value === chosen });
  const language = option(locale);
  const address = option(afterConfirmingUrl);
  const languages = LANGUAGES.filter((one) => portal.languages.includes(one));
  const [first, ...others] = portal.afterConfirmingUrls;
  return {
    languages: [
      language('', `As the portal (${languageName(languageAt(portal, null))})`),
      ...languages.map((one) => language(one, languageName(one))),
    ],
    note,
    maxNoteLength: MAX_NOTE_LENGTH,
    addresses: others.length > 0 && [
      address('', `As the portal (${first})`),
      ...portal.afterConfirmingUrls.map((one) => address(one, one)),
    ],
  };
}

/** The choices as the API's schema takes them: what is left empty follows the portal. */
export function readInvitationForm({ locale, note, afterConfirmingUrl }: InvitationForm) {
  return { locale: locale || null, note: note || null, afterConfirmingUrl: afterConfirmingUrl || null };
}

const FIELDS = ['formKey', 'name', 'email', 'another', ...INVITATION_FIELDS] as const;
type NewPortalUserForm = Record<(typeof FIELDS)[number], string>;

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
        const input = readForm(NewPortalUser, { name, email, ...readInvitationForm(typed) });
        portalUserId = await addPortalUserOnce(services, portal, input, actor, typed.formKey);
      } catch (error) {
        return showForm(call, { typed, ...refusedFormOf(error, portal.slug) });
      }
      await flashInvited(request, services, portalUserId);
      response.redirect(303, `/console/${portal.slug}/users${typed.another === '' ? '' : '/new'}`);
    }),
  );
  return router;
}

interface RefusedForm {
  status: number;
  errors: FormErrors;
  /** The page of who is a portal user already. */
  existing?: { href: string; text: string };
}

function refusedFormOf(error: unknown, slug: string): RefusedForm {
  const errors = addPortalUserErrors(error, 'email');
  const { details } = error as Refusal;
  const status = statusOf(error as Refusal);
  if (details.portalUserId === undefined) return { status, errors };
  const existing = {
    href: `/console/${slug}/users/${details.portalUserId}`,
    text: 'Re-invite or reactivate them there',
  };
  return { status, errors, existing };
}

function showForm(
  { request, response, portal }: PortalCall,
  refused?: RefusedForm & { typed: NewPortalUserForm },
): void {
  showConsolePage(request, response, {
    view: 'users/add-portal-user',
    title: 'Add Portal User',
    section: 'users',
    status: refused?.status ?? 200,
    context: {
      formKey: newFormKey(),
      isEnabled: portal.enabled,
      choices: invitationFormContext(portal, refused?.typed),
      ...refused,
    },
  });
}

/**
 * Adds the portal user that a form asks for, once per form key. Safe to repeat: it gets the first answer.
 *
 * @returns the portal user's id
 * @throws what {@link addPortalUser} and {@link submitOnce} throw
 */
export async function addPortalUserOnce(
  services: Services,
  portal: Portal,
  input: NewPortalUser,
  actor: Actor,
  formKey: string,
): Promise<string> {
  const { portalUserId } = await submitOnce(services, formScope(portal), formKey, ['user', input], async (unit) => {
    const { id } = await addPortalUser(unit, services, portal, input, actor);
    return { portalUserId: id };
  });
  return portalUserId;
}

/**
 * What a refused form that adds a portal user says. Anything that is not about the form is thrown again.
 *
 * @param place where it says that the person is one already
 */
export function addPortalUserErrors(error: unknown, place: string): FormErrors {
  const errors = formErrors(error, { portal_user_exists: place });
  const isThere = (error as Refusal).code === 'portal_user_exists';
  return isThere ? { [place]: 'This person is a portal user already.' } : errors;
}

/**
 * Says on the next page what holds of the user that a form added. A form that is sent again, by the browser's Back button, may
 * find the user corrected, confirmed or deactivated since.
 */
export async function flashInvited(
  request: Request,
  { database, invitations }: Services,
  portalUserId: string,
): Promise<void> {
  const user = await database.em.fork().findOne(PortalUser, portalUserId, { populate: ['contact'] });
  if (user === null) return flash(request, 'problem', 'The portal user was erased since this form was first sent.');
  const { email, name } = user.contact.getEntity();
  if (user.confirmationStatus !== 'not_confirmed') {
    const since = STATUS_LABELS[user.confirmationStatus as ConfirmationStatus].name;
    return flash(request, 'problem', `${name} was added by this form before, and is ${since} now. Nothing was mailed.`);
  }
  await flash(
    request,
    'done',
    (await invitations.isReachable())
      ? `An invitation is on its way to ${email}.`
      : `The invitation to ${email} will be mailed as soon as possible.`,
  );
}
