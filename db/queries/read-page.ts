import type { EntityName, FilterQuery, QueryOrderMap } from '@mikro-orm/postgresql';
import type { EntityManager } from '../database.ts';

export interface PageRequest {
  limit: number;
  /** `nextCursor` of the page before. */
  cursor?: string | undefined;
  /** Instead: `previousCursor` of the page after. */
  before?: string | undefined;
}

export interface Page<T> {
  rows: T[];
  nextCursor: string | null;
  previousCursor: string | null;
}

/** One page by keyset: as fast at the end of a long list as at its beginning. @throws CursorError where the cursor is not ours */
export async function readPage<T extends object>(
  em: EntityManager,
  entity: EntityName<T>,
  query: { where: FilterQuery<T>; orderBy: QueryOrderMap<T>; populate?: string[] },
  { limit, cursor, before }: PageRequest,
): Promise<Page<T>> {
  const page = await em.findByCursor(entity, {
    ...query,
    ...(before === undefined ? { first: limit } : { last: limit, before }),
    ...(cursor !== undefined && { after: cursor }),
    includeCount: false,
    strategy: 'joined',
  } as never);
  return {
    rows: page.items as unknown as T[],
    nextCursor: page.hasNextPage ? page.endCursor : null,
    previousCursor: page.hasPrevPage ? page.startCursor : null,
  };
}

/** A `like` condition for text that contains `part`, in any case; `%` and `_` mean themselves. */
export function containing(part: string): { $like: string } {
  return { $like: `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%` };
}
