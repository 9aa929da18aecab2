import type { Actor } from '../../vocabulary/events.ts';
import type { EntityManager } from '../database.ts';
import { ApiKey } from '../entities/index.ts';
import { portalEventsOfType } from '../events.ts';

/** A portal's API keys, newest first, each with who made it as far as that is told. */
export async function listApiKeys(
  em: EntityManager,
  portalId: string,
): Promise<{ apiKey: ApiKey; madeBy: Actor | undefined }[]> {
  const [apiKeys, creations] = await Promise.all([
    em.find(ApiKey, { portal: portalId }, { orderBy: { createdAt: 'desc', id: 'desc' } }),
    portalEventsOfType(em, portalId, 'api_key_created'),
  ]);
  const makers = new Map(creations.map(({ data, actor }) => [data.apiKeyId, actor]));
  return apiKeys.map((apiKey) => ({ apiKey, madeBy: makers.get(apiKey.id) }));
}

/** The key with this hash, unless it was revoked, and the one portal it is for. In plain SQL: every call of the API needs it. */
export async function findApiKey(
  em: EntityManager,
  keyHash: Buffer,
): Promise<{ id: string; portalId: string } | undefined> {
  const [key] = await em.execute<{ id: string; portalId: string }[]>(
    'select id, portal_id as "portalId" from api_keys where key_hash = ? and revoked_at is null',
    [keyHash],
  );
  return key;
}
