import { z } from 'zod';
import { findPortalUser } from '../../db/queries/find-portal-users.ts';
import { deactivatePortalUser } from '../commands/deactivate-portal-user.ts';
import { reInvite } from '../commands/re-invite.ts';
import { reactivatePortalUser } from '../commands/reactivate-portal-user.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentPortalUser } from '../present.ts';
import { Problem } from '../problem.ts';
import { Slug } from '../schemas/portal.ts';
import { PortalUserAnswer } from '../schemas/portal-user.ts';
import { Id } from '../schemas/text.ts';
import { inTransaction } from '../unit-of-work.ts';

const tag = 'Invitations';
const params = z.object({ portal: Slug, id: Id });

export const invitations = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/{id}/re-invite',
    tag,
    summary: 'Mail a new confirmation link',
    description: 'With full validity; every earlier link is dead.',
    access: 'portal',
    params,
    answers: { 202: { description: 'The e-mail is on its way.', schema: PortalUserAnswer } },
    problems: ['already_confirmed', 'deactivated', 're_invite_too_soon', 're_invite_cap_reached'],
    handle: async ({ portal, params: { id }, actor }, services) => {
      const em = services.database.em.fork();
      const user = await findPortalUser(em, portal.id, id);
      if (user === null) throw new Problem('not_found');
      const outcome = (await reInvite(services, em, portal, [user], actor)).get(user.id);
      if (outcome !== 'accepted') throw outcome;
      return { status: 202, body: presentPortalUser(user, portal, services) };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/{id}/deactivate',
    tag,
    summary: "Take a portal user's access away",
    access: 'portal',
    params,
    answers: {
      200: { description: 'The portal user: deactivated.', schema: PortalUserAnswer },
      202: { description: 'It will be, as soon as a worker has recorded it.', schema: PortalUserAnswer },
    },
    handle: async ({ portal, params: { id }, actor }, services) => {
      const found = await findPortalUser(services.database.em.fork(), portal.id, id);
      if (found === null) throw new Problem('not_found');
      const user = await deactivatePortalUser(services, found, actor);
      const status = user.confirmationStatus === 'deactivated' ? 200 : 202;
      return { status, body: presentPortalUser(user, portal, services) };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/{id}/reactivate',
    tag,
    summary: 'Give access back',
    description: 'Who had confirmed is Confirmed again; who had not is invited anew.',
    access: 'portal',
    params,
    answers: {
      202: {
        description: 'The portal user; an e-mail is on its way if there is one to send.',
        schema: PortalUserAnswer,
      },
    },
    problems: ['not_deactivated'],
    handle: async ({ portal, params: { id }, actor }, services) => {
      const user = await inTransaction(services.database, (unit) =>
        reactivatePortalUser(unit, services, portal, id, actor),
      );
      return { status: 202, body: presentPortalUser(user, portal, services) };
    },
  }),
];
