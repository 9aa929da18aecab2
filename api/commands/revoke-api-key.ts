import { raw } from '@mikro-orm/postgresql';
import { ApiKey, type Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { Problem } from '../problem.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Ends a key: the next call with it is unauthorized. @throws Problem `not_found` */
export async function revokeApiKey({ em }: UnitOfWork, portal: Portal, id: string, actor: Actor): Promise<void> {
  const apiKey = await em.findOne(ApiKey, { id, portal: portal.id, revokedAt: null });
  if (apiKey === null) throw new Problem('not_found');
  apiKey.revokedAt = raw<Date>('now()');
  recordPortalEvent(em, portal, { type: 'api_key_revoked', actor, data: { apiKeyId: id } });
}
