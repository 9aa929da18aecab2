import type { Actor } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { ApiKey, Operator } from '../entities/index.ts';

/** How staff call who acted. */
export async function nameActors(em: EntityManager, actors: Actor[]): Promise<Map<Actor, string>> {
  const ids = (kind: string) => actors.flatMap((actor) => (actor.startsWith(kind) ? [actor.slice(kind.length)] : []));
  const [operators, apiKeys] = await Promise.all([
    em.find(Operator, { id: { $in: ids('operator/') } }),
    em.find(ApiKey, { id: { $in: ids('api_key/') } }),
  ]);
  return new Map<Actor, string>([
    ['administrator', 'the administrator (API)'],
    ['portal_user', 'the portal user'],
    ['temporal', 'automatically'],
    ...operators.map(({ id, name }): [Actor, string] => [`operator/${id}`, name]),
    ...apiKeys.map(({ id, name }): [Actor, string] => [`api_key/${id}`, `API key “${name}”`]),
  ]);
}
