import type { EntityManager } from '../database.ts';

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
