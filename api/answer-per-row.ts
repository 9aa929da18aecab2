import type { EntityManager } from '../db/database.ts';
import type { Portal, PortalUser } from '../db/entities/index.ts';
import { findPortalUsers } from '../db/queries/find-portal-users.ts';
import type { Answer } from './endpoint.ts';
import { Problem } from './problem.ts';

/** Fewer than the pool can serve within its patience, enough to keep Temporal busy. */
const AT_A_TIME = 25;

/** What became of one row: done, taken but not recorded yet, or why not. */
export type RowOutcome = 'accepted' | 'pending' | Problem;

/**
 * Acts on the users some at a time, so that neither Temporal nor the pool is flooded, and answers for each id in its order.
 * The first ones that find Temporal or Postgres down spare the others the attempt.
 *
 * @throws Problem `unavailable` where nothing was done
 */
export async function answerPerRow(
  em: EntityManager,
  portal: Portal,
  ids: string[],
  accepted: number,
  act: (users: PortalUser[]) => Promise<Map<string, RowOutcome>>,
): Promise<Answer> {
  const users = await findPortalUsers(em, portal.id, ids);
  const outcomes = new Map<string, RowOutcome>();
  let down: Problem | undefined;
  for (let next = 0; next < users.length && down === undefined; next += AT_A_TIME) {
    const some = await act(users.slice(next, next + AT_A_TIME));
    down = allDown([...some.values()]);
    if (down !== undefined && next === 0) throw down;
    for (const [id, outcome] of some) outcomes.set(id, outcome);
  }

  const known = new Set(users.map(({ id }) => id));
  const data = [...new Set(ids)].map((id) => {
    const outcome = outcomes.get(id) ?? (known.has(id) ? down! : new Problem('not_found'));
    if (outcome instanceof Problem) return { id, status: outcome.status, problem: outcome };
    return { id, status: outcome === 'accepted' ? accepted : 202 };
  });
  return { status: 200, body: { data } };
}

function allDown(outcomes: RowOutcome[]): Problem | undefined {
  const problems = outcomes.filter((outcome) => outcome instanceof Problem && outcome.code === 'unavailable');
  return problems.length === outcomes.length ? (problems[0] as Problem | undefined) : undefined;
}
