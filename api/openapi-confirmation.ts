import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password.ts';

const Password = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH);

/** The confirmation link in the OpenAPI description: pages to a browser, JSON to who asks for it. */
export function confirmationPaths(problem: z.ZodType): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ token: z.string().meta({ description: 'As it was mailed.' }) }) };
  const refused = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: problem } },
  });
  const refusals = {
    404: refused('Not one of our links, or mailed to an address that was corrected since.'),
    409: refused('Confirmed already.'),
    410: refused('Superseded, expired, or the portal user is deactivated.'),
  };
  const guesses = '`too_many_attempts`: too many other addresses were sent; see Retry-After.';
  const foreignForm = refused('A form, or a script of a page, that is not of this server.');
  const address = z.object({ email: z.string() });
  const shown = z.object({
    portal: z.string().meta({ description: "The portal's slug." }),
    name: z.string(),
    email: z.string().optional().meta({ description: 'Left out where it is asked for.' }),
    asksFor: z.enum(['password', 'email']).meta({
      description: "What the POST needs: `email` where the portal's customers use a site of their own.",
    }),
  });
  const common = { tags: ['Confirmation link'], security: [], requestParams };
  return {
    '/confirm/{token}': {
      get: {
        ...common,
        summary: 'Show the form. Changes nothing.',
        responses: {
          200: { description: 'The link can be used.', content: { 'application/json': { schema: shown } } },
          ...refusals,
        },
      },
      post: {
        ...common,
        summary: 'Confirm, and choose the password',
        description:
          'Where `asksFor` is `email`: confirm by the address that was invited; there is no password then. Another address is an `invalid_request`.',
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: z.union([z.object({ password: Password, passwordAgain: z.string() }), address]),
            },
            'application/json': {
              schema: z.union([z.object({ password: Password, passwordAgain: z.string().optional() }), address]),
            },
          },
        },
        responses: {
          202: { description: 'Taken, but not recorded yet: open the link again.' },
          303: {
            description:
              "Confirmed. As JSON, Location is where the portal leads, or its welcome page; else always a page of this server, which leads on to the portal's address.",
          },
          400: refused('Another address than the one that was invited.'),
          403: foreignForm,
          422: refused('The password is refused.'),
          429: refused(guesses),
          ...refusals,
        },
      },
    },
    '/confirm/{token}/new-link': {
      post: {
        ...common,
        summary: 'Mail a new link in place of the newest one, once that has expired',
        description: 'Needs the address that was invited, which the link does not tell. Safe to repeat: done once.',
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': { schema: address },
            'application/json': { schema: address },
          },
        },
        responses: {
          202: { description: 'It is on its way to the address that was invited.' },
          400: refused('Another address than the one that was invited.'),
          403: foreignForm,
          429: refused(`\`re_invite_cap_reached\`: the portal user asked for too many new links today. Or ${guesses}`),
          ...refusals,
          409: refused('Confirmed already, or the link has not expired.'),
          410: refused('Superseded, or the portal user is deactivated.'),
        },
      },
    },
  };
}
