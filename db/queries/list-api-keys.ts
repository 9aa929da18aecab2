import type { Actor } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { ApiKey, Event } from '../entities/index.ts';

/** A portal's API keys, newest first, each with who made it as far as that is told. */
export async function listApiKeys(
  em: EntityManager,
  portalId: string,
): Promise<{ apiKey: ApiKey; madeBy: Actor | undefined }[]> {
  const [apiKeys, creations] = await Promise.all([
    em.find(ApiKey, { portal: portalId }, { orderBy: { createdAt: 'desc', id: 'desc' } }),
    em.find(Event, { portal: portalId, portalUser: null, type: 'api_key_created' }),
  ]);
  const makers = new Map(creations.map(({ data, actor }) => [data.apiKeyId, actor]));
  return apiKeys.map((apiKey) => ({ apiKey, madeBy: makers.get(apiKey.id) }));
}
