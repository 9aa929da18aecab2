import type { Invitees } from './invitees.ts';
import { retrying } from './retrying.ts';

type Actions = Pick<Invitees, 'confirm' | 'deactivate' | 'reactivate' | 'reInvite'>;

/** The same actions, each repeated until it is done. @param seen takes the status of each response, by action */
export function patiently(people: Invitees, seen: Record<keyof Actions, (string | number)[]>): Actions {
  const repeat = async (action: keyof Actions, call: () => Promise<number>, expected: number) => {
    const { status } = await retrying(async () => ({ status: await call() }), [expected], seen[action]);
    return status;
  };
  return {
    confirm: (one, link) => repeat('confirm', () => people.confirm(one, link), 303),
    deactivate: (one) => repeat('deactivate', () => people.deactivate(one), 200),
    reactivate: (one) => repeat('reactivate', () => people.reactivate(one), 202),
    async reInvite(one) {
      const { generation } = await people.row(one);
      // A call whose response was lost may be done by now: the next one would replace its link.
      const isDone = async () => (await people.row(one)).generation > generation;
      return repeat('reInvite', async () => ((await isDone()) ? 202 : people.reInvite(one)), 202);
    },
  };
}

export function noResponses(): Record<keyof Actions, (string | number)[]> {
  return { confirm: [], deactivate: [], reactivate: [], reInvite: [] };
}
