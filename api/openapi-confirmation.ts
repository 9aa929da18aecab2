import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from './password.ts';

const Password = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH);

/** The confirmation link in the OpenAPI description: pages to a browser, JSON to who asks for it. */
export function confirmationPaths(problem: z.ZodType): ZodOpenApiPathsObject {
  const requestParams = { path: z.object({ token: z.string().meta({ description: 'As it was mailed.' }) }) };
  const refusals = Object.fromEntries(
    [
      ['404', 'Not one of our links.'],
      ['409', 'Confirmed already.'],
      ['410', 'Superseded, expired, or the portal user is deactivated.'],
    ].map(([status, description]) => [
      status,
      { description, content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
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
              schema: z.union([
                z.object({ password: Password, passwordAgain: z.string() }),
                z.object({ email: z.string() }),
              ]),
            },
            'application/json': {
              schema: z.union([
                z.object({ password: Password, passwordAgain: z.string().optional() }),
                z.object({ email: z.string() }),
              ]),
            },
          },
        },
        responses: {
          202: { description: 'Taken, but not recorded yet: open the link again.' },
          303: { description: 'Confirmed; Location is where the portal leads, or its welcome page.' },
          400: {
            description: 'Another address than the one that was invited.',
            content: { 'application/problem+json': { schema: problem } },
          },
          422: {
            description: 'The password is refused.',
            content: { 'application/problem+json': { schema: problem } },
          },
          ...refusals,
        },
      },
    },
    '/confirm/{token}/new-link': {
      post: {
        ...common,
        summary: 'Mail another link in place of one that expired or was superseded',
        responses: {
          202: { description: 'It is on its way to the address that was invited.' },
          429: {
            description: 'Too soon, or too many today.',
            content: { 'application/problem+json': { schema: problem } },
          },
          ...refusals,
        },
      },
    },
  };
}
