import { z } from 'zod';
import { createApiKey, revokeApiKey } from '../../commands/portals/api-keys.ts';
import { ApiKeyAnswer, NewApiKey, Slug } from '../../schemas/portal.ts';
import { Id } from '../../schemas/text.ts';
import { portalEndpoint } from '../endpoint.ts';

const tag = 'API keys';

export const apiKeys = [
  portalEndpoint({
    method: 'post',
    path: '/v1/portals/{portal}/api-keys',
    tag,
    summary: 'Make an API key for one portal',
    description: 'Only the administrator makes keys, so that a leaked key cannot make more of itself.',
    access: 'administrator',
    params: z.object({ portal: Slug }),
    body: NewApiKey,
    answers: { 201: { description: 'The key, shown this once.', schema: ApiKeyAnswer } },
    write: async (unit, { portal, body, actor }) => {
      const apiKey = await createApiKey(unit, portal, body.name, actor);
      return { status: 201, location: `/v1/portals/${portal.slug}/api-keys/${apiKey.id}`, body: apiKey };
    },
  }),
  portalEndpoint({
    method: 'delete',
    path: '/v1/portals/{portal}/api-keys/{id}',
    tag,
    summary: 'Revoke an API key',
    access: 'administrator',
    params: z.object({ portal: Slug, id: Id }),
    answers: { 204: { description: 'The key is dead.' } },
    write: async (unit, { portal, params, actor }) => {
      await revokeApiKey(unit, portal, params.id, actor);
      return { status: 204 };
    },
  }),
];
