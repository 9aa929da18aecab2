import type { Actor } from '../../workflows/vocabulary.ts';
import type { EntityManager } from '../database.ts';
import { ApiKey, FormerPortalOperator, PortalOperator } from '../entities/index.ts';

/** How a portal's staff call who acted there. Operators have the name that this portal has for them, or had before they were removed. */
export async function nameActors(em: EntityManager, portalId: string, actors: Actor[]): Promise<Map<Actor, string>> {
  const ids = (kind: string) => actors.flatMap((actor) => (actor.startsWith(kind) ? [actor.slice(kind.length)] : []));
  const ofPortal = { portal: portalId, operator: { $in: ids('operator/') } };
  const former = await em.find(FormerPortalOperator, ofPortal);
  const present = await em.find(PortalOperator, ofPortal);
  const apiKeys = await em.find(ApiKey, { id: { $in: ids('api_key/') } });
  return new Map<Actor, string>([
    ['administrator', 'the administrator (API)'],
    ['portal_user', 'the portal user'],
    ['temporal', 'automatically'],
    ...[...former, ...present].map(({ operator, name }): [Actor, string] => [`operator/${operator.id}`, name]),
    ...apiKeys.map(({ id, name }): [Actor, string] => [`api_key/${id}`, `API key “${name}”`]),
  ]);
}
