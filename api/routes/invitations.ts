import { z } from 'zod';
import { deactivatePortalUser } from '../../commands/portal-users/deactivate-portal-user.ts';
import { reInvitePortalUser } from '../../commands/portal-users/re-invite.ts';
import { reactivatePortalUser } from '../../commands/portal-users/reactivate-portal-user.ts';
import { requirePortalUser } from '../../commands/portal-users/require-status.ts';
import { Slug } from '../../schemas/portal.ts';
import { PortalUserAnswer } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import { LINK_REFUSALS, RE_INVITE_REFUSALS } from '../../vocabulary/portal-users.ts';
import { portalEndpoint } from '../endpoint.ts';
import { presentPortalUser } from '../present.ts';

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
    answers: {
      202: {
        description:
          'The portal user. `invitation.generation` is that of the new link; while it is still that of the previous one, no worker has recorded the request yet.',
        schema: PortalUserAnswer,
      },
    },
    problems: [...RE_INVITE_REFUSALS],
    conditional: true,
    handle: async ({ portal, params: { id }, actor, requireMatch }, services) => {
      const found = await requirePortalUser(services.database.em.fork(), portal, id);
      await requireMatch(() => presentPortalUser(found, portal, services)); // no lock: the re-invite names the generation that was read
      const { user } = await reInvitePortalUser(services, portal, found, actor);
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
      200: {
        description:
          'The portal user: deactivated. Another `confirmationStatus` means that somebody has reactivated them since.',
        schema: PortalUserAnswer,
      },
      202: { description: 'It will be, as soon as a worker has recorded it.', schema: PortalUserAnswer },
    },
    conditional: true,
    handle: async ({ portal, params: { id }, actor, requireMatch }, services) => {
      const found = await requirePortalUser(services.database.em.fork(), portal, id);
      await requireMatch(() => presentPortalUser(found, portal, services)); // no lock: deactivating twice is deactivating once
      const { user, isPending } = await deactivatePortalUser(services, found, actor);
      return { status: isPending ? 202 : 200, body: presentPortalUser(user, portal, services) };
    },
  }),
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/users/{id}/reactivate',
    tag,
    summary: 'Give access back',
    description:
      'A user who had confirmed is Confirmed again. A user who had not is mailed a new invitation, within the limits of re-invites.',
    access: 'portal',
    params,
    answers: {
      202: {
        description: 'The portal user; an e-mail is on its way if there is one to send.',
        schema: PortalUserAnswer,
      },
    },
    problems: ['not_deactivated', ...LINK_REFUSALS],
    conditional: true,
    write: async (unit, { portal, params: { id }, actor, requireMatch }, services) => {
      const user = await reactivatePortalUser(unit, services, portal, id, actor, {
        check: (locked) => requireMatch(() => presentPortalUser(locked, portal, services)),
      });
      return { status: 202, body: presentPortalUser(user, portal, services) };
    },
  }),
];
