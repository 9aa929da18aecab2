import { randomBytes } from 'node:crypto';
import { ApiKey, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { hashApiKey } from '../authentication.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

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
