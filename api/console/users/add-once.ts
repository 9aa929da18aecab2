import type { Request } from 'express';
import { type Portal, PortalUser } from '../../../db/entities/index.ts';
import type { Actor, ConfirmationStatus } from '../../../workflows/vocabulary.ts';
import { addPortalUser } from '../../commands/add-portal-user.ts';
import { flash } from '../../flash.ts';
import type { Problem } from '../../problem.ts';
import type { NewPortalUser } from '../../schemas/portal-user.ts';
import type { Services } from '../../services.ts';
import { answerOnce, REPEAT_PLACES } from '../answer-once.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { STATUS_LABELS } from './names.ts';

/**
 * Adds the portal user that a form asks for, once per form key. Safe to repeat: it gets the first answer.
 *
 * @returns the portal user's id
 * @throws what {@link addPortalUser} and {@link answerOnce} throw
 */
export async function addPortalUserOnce(
  services: Services,
  portal: Portal,
  input: NewPortalUser,
  actor: Actor,
  formKey: string,
): Promise<string> {
  const { portalUserId } = await answerOnce(services, portal, formKey, ['user', input], async (unit) => {
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
export function addingErrors(error: unknown, place: string): FormErrors {
  const errors = formErrors(error, { portal_user_exists: place, ...REPEAT_PLACES });
  const isThere = (error as Problem).code === 'portal_user_exists';
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
  flash(
    request,
    'done',
    (await invitations.isReachable())
      ? `An invitation is on its way to ${email}.`
      : `The invitation to ${email} will be mailed as soon as possible.`,
  );
}
