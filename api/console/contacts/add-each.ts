import { v5 as uuidOf } from 'uuid';
import type { Portal } from '../../../db/entities/index.ts';
import type { Actor } from '../../../workflows/vocabulary.ts';
import type { Problem } from '../../problem.ts';
import { problemOf } from '../../problem-of.ts';
import type { KnownContact } from '../../schemas/portal-user.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { addPortalUserOnce } from '../users/add-once.ts';

/** Well below what the pool has, so that others get their turn. */
const AT_A_TIME = 5;

/** What became of one picked contact. */
export interface AddedRow {
  contactId: string;
  outcome: 'added' | 'portal_user_exists' | 'not_found' | 'failed';
}

/**
 * Adds contacts as portal users, each in a transaction of its own, some at a time. Safe to repeat: by the same form key
 * each gets its first answer, and by another who is a portal user already is told so. Where the database fails half-way
 * the rest is not tried and `failed`.
 *
 * @throws what the database throws where nobody was added
 */
export async function addEach(
  services: Services,
  portal: Portal,
  inputs: KnownContact[],
  actor: Actor,
  formKey: string,
): Promise<AddedRow[]> {
  const sparing = sparingTemporal(services);
  const key = Id.safeParse(formKey).data;
  const rows: AddedRow[] = [];
  let failure: unknown;

  const add = async (input: KnownContact): Promise<AddedRow> => {
    const { contactId } = input;
    const rowKey = key === undefined ? '' : uuidOf(contactId, key);
    try {
      await addPortalUserOnce(sparing, portal, input, actor, rowKey);
      return { contactId, outcome: 'added' };
    } catch (error) {
      const outcome = outcomeOf(problemOf(error, services.logger));
      if (outcome === 'failed') failure = error;
      return { contactId, outcome };
    }
  };

  while (rows.length < inputs.length && failure === undefined) {
    rows.push(...(await Promise.all(inputs.slice(rows.length, rows.length + AT_A_TIME).map(add))));
  }
  if (failure !== undefined && !rows.some(({ outcome }) => outcome === 'added')) throw failure;
  const untried = inputs.slice(rows.length).map(({ contactId }): AddedRow => ({ contactId, outcome: 'failed' }));
  return [...rows, ...untried];
}

function outcomeOf({ code }: Problem): AddedRow['outcome'] {
  if (code === 'not_found') return 'not_found';
  // The same form with another note: they were added by the first one.
  return code === 'portal_user_exists' || code === 'idempotency_key_reused' ? 'portal_user_exists' : 'failed';
}

/** Once Temporal did not take a start, the others are left to the housekeeping at once: waiting for each would take minutes. */
function sparingTemporal(services: Services): Services {
  let down: unknown;
  return {
    ...services,
    invitations: {
      ...services.invitations,
      async start(user) {
        if (down !== undefined) throw down;
        try {
          await services.invitations.start(user);
        } catch (error) {
          down = error;
          throw error;
        }
      },
    },
  };
}
