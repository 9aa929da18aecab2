import { z } from 'zod';
import { askForNewLink } from '../../commands/confirmation/ask-for-new-link.ts';
import { confirmByAddress, confirmByPassword } from '../../commands/confirmation/confirm-portal-user.ts';
import { openConfirmationLink, requireLinkState } from '../../commands/confirmation/confirmation-link.ts';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '../../commands/passwords/password.ts';
import { networkOf } from '../../commands/sign-in/rate-limiter.ts';
import { DEAD_LINKS } from '../../vocabulary/refusal.ts';
import { afterConfirmingUrl, welcomeAddress } from '../../web/after-confirming.ts';
import { endOtherPersonsSession } from '../../web/begin-session.ts';
import { linkEndpoint } from '../endpoint.ts';

/** A string, as far as OpenAPI is concerned; a missing field or one of another type counts as empty, and the command refuses it. */
const field = (meta: Record<string, unknown>) =>
  z
    .string()
    .optional()
    .catch('')
    .meta({ ...meta, default: undefined });

const Address = z.object({ email: field({ description: 'The address that was invited.' }) });

const Confirmation = Address.extend({
  password: field({
    description: 'Needed where `asksFor` is `password`.',
    minLength: MIN_PASSWORD_LENGTH,
    maxLength: MAX_PASSWORD_LENGTH,
  }),
  passwordAgain: field({ description: 'The password again, as a person types it. A program may leave it out.' }),
});

const Invitation = z.object({
  portal: z.string().meta({ description: "The portal's slug." }),
  name: z.string(),
  email: z.string().optional().meta({ description: 'Left out where it is asked for.' }),
  asksFor: z.enum(['password', 'email']).meta({
    description: "What the POST needs: `email` where the portal's customers use a site of their own.",
  }),
});

const Confirmed = z.object({ confirmationStatus: z.literal('confirmed'), portal: Invitation.shape.portal });
const statusOnly = (status: 'pending' | 'new_link') => z.object({ status: z.literal(status) });

export const confirmationLink = [
  linkEndpoint({
    method: 'get',
    path: '/confirm/{token}',
    summary: 'Show what the invitation asks for. Changes nothing.',
    answers: { 200: { description: 'The link can be used.', schema: Invitation } },
    problems: ['already_confirmed', ...DEAD_LINKS],
    handle: async ({ params }, services) => {
      const link = await openConfirmationLink(services, params.token);
      requireLinkState(link, 'usable');
      const { slug, hasOwnSite } = link.portal;
      const { email, name } = link.contact;
      const body = { portal: slug, name, ...(hasOwnSite ? { asksFor: 'email' } : { email, asksFor: 'password' }) };
      return { status: 200, body };
    },
  }),
  linkEndpoint({
    method: 'post',
    path: '/confirm/{token}',
    summary: 'Confirm, and choose the password',
    description:
      'Where `asksFor` is `email`: confirm by the address that was invited; there is no password then. Another address is an `invalid_request`. Where too many passwords were tried, `password_refused` has the status 429.',
    body: Confirmation,
    answers: {
      202: { description: 'Received, but not recorded yet: open the link again.', schema: statusOnly('pending') },
      303: {
        description:
          "Confirmed. Location is the portal's address for confirmed users, else its welcome page. A browser is always redirected to a page of this server, which leads on to the portal's address.",
        schema: Confirmed,
      },
    },
    problems: ['invalid_request', 'already_confirmed', ...DEAD_LINKS, 'password_refused', 'too_many_attempts'],
    handle: async ({ params, body: { email = '', password = '', passwordAgain = password }, ...call }, services) => {
      const link = await openConfirmationLink(services, params.token);
      const status = link.portal.hasOwnSite
        ? await confirmByAddress(services, link, { email, network: networkOf(call.request.ip) })
        : await confirmByPassword(services, link, { password, passwordAgain });
      await endOtherPersonsSession(services, call.request, call.response, link);
      if (status === 'pending') return { status: 202, body: { status } };
      return {
        status: 303,
        location: afterConfirmingUrl(link) ?? welcomeAddress(link),
        body: { confirmationStatus: status, portal: link.portal.slug },
      };
    },
  }),
  linkEndpoint({
    method: 'post',
    path: '/confirm/{token}/new-link',
    summary: 'Mail a new link in place of the newest one, once that has expired',
    description:
      'Needs the address that was invited, which the link does not tell; another address is an `invalid_request`. Safe to repeat: done once.',
    body: Address,
    answers: {
      202: { description: 'It is on its way to the address that was invited.', schema: statusOnly('new_link') },
    },
    problems: [
      ...(['invalid_request', 'already_confirmed', 'link_not_expired', 'deactivated', 'link_superseded'] as const),
      ...(['too_many_attempts', 're_invite_cap_reached'] as const),
    ],
    handle: async ({ params, body: { email = '' }, request }, services) => {
      const link = await openConfirmationLink(services, params.token);
      await askForNewLink(services, link, { email, network: networkOf(request.ip) });
      return { status: 202, body: { status: 'new_link' } };
    },
  }),
];
