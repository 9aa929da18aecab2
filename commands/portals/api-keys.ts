import { createHash, randomBytes } from 'node:crypto';
import { raw } from '@mikro-orm/postgresql';
import { ApiKey, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { UnitOfWork } from '../transaction.ts';

const KEY_BYTES = 32;
/** Lets people and secret scanners recognise one of our keys. */
const PREFIX = 'pik_';

/** Makes a key to one portal's API. The key itself is in the answer and nowhere else. */
export async function createApiKey({ em }: UnitOfWork, portal: Portal, name: string, actor: Actor) {
  const key = PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  const apiKey = em.create(ApiKey, { portal: portal.id, name, keyHash: hashApiKey(key) });
  await em.flush();
  recordPortalEvent(em, portal, { type: 'api_key_created', actor, data: { apiKeyId: apiKey.id, name } });
  return { id: apiKey.id, name, key };
}

/** Ends a key: the next call with it is unauthorized. @throws Refusal `not_found` */
export async function revokeApiKey({ em }: UnitOfWork, portal: Portal, id: string, actor: Actor): Promise<void> {
  const apiKey = await em.findOne(ApiKey, { id, portal: portal.id, revokedAt: null });
  if (apiKey === null) throw new Refusal('not_found');
  apiKey.revokedAt = raw<Date>('now()');
  recordPortalEvent(em, portal, { type: 'api_key_revoked', actor, data: { apiKeyId: id } });
}

/** What is kept of a key. A fast hash is enough: keys are 256 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
