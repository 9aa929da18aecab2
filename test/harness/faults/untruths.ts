import type { EventType } from '../../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../../vocabulary/statuses.ts';
import type { FaultStage } from './fault-stage.ts';
import type { Operation, OperationName } from './invitation-model.ts';
import { addressOf, type Invitee } from './invitation-operations.ts';

/** An operation, and what its caller was told. */
export interface Told extends Operation {
  answer: string;
  /** In milliseconds. */
  beganAt: number;
  endedAt: number;
}

interface Record {
  status: ConfirmationStatus;
  generation: number;
  email: string;
  timeline: { type: EventType; actor: string; after: string | null }[];
}

const ENDS_BY_HAND: OperationName[] = ['terminate', 'cancel', 'reset'];
/**
 * Answers to a confirmation that counts: 202 and 503 leave open whether it does, and 410 is true where the deactivation is
 * recorded right after it.
 */
const ALLOW_CONFIRMATION = ['303', '202', '503 unavailable', '410 deactivated'];

/** @returns a sentence for each answer that the record contradicts, of operations that did not wait for each other */
export async function untruths(stage: FaultStage, invitee: Invitee, told: Told[]): Promise<string[]> {
  const { status, generation, email, timeline } = await readRecord(stage, invitee);
  const events = (type: EventType) => timeline.filter((event) => event.type === type);
  const answered = (name: OperationName, answer: string) =>
    told.filter((one) => one.name === name && one.answer === answer);
  const found: string[] = [];

  const deactivations = answered('deactivate', '200');
  if (deactivations.length > 0 && events('portal_user_deactivated').length === 0)
    found.push('a deactivation was answered 200 and is not recorded');
  const promised = answered('deactivate', '202');
  if (promised.length > 0 && events('portal_user_deactivated').length === 0)
    found.push('a deactivation was answered 202 and is not recorded');
  const reactivations = answered('reactivate', '202');
  const isLast = (deactivation: Told) => reactivations.every(({ endedAt }) => endedAt < deactivation.beganAt);
  if (deactivations.some(isLast) && status !== 'deactivated')
    found.push(`a deactivation was answered 200, nobody reactivated since, and the user is ${status}`);

  const confirmations = told.filter(({ name }) => name.startsWith('confirm'));
  const [confirmation] = events('portal_user_confirmed');
  if (confirmations.some(({ answer }) => answer === '303') && confirmation === undefined)
    found.push('a confirmation was answered 303 and is not recorded');
  if (confirmation?.actor === 'portal_user' && !confirmations.some(({ answer }) => ALLOW_CONFIRMATION.includes(answer)))
    found.push('a confirmation by a link is recorded, and no page said so');

  const corrections = answered('correct the address', '200');
  if (events('portal_user_reactivated').length !== reactivations.length)
    found.push('reactivations answered 202 and recorded ones differ in number');
  if (events('portal_user_changed').length !== corrections.length)
    found.push('corrections answered 200 and recorded ones differ in number');
  const newest = events('portal_user_changed').at(-1)?.after ?? addressOf(invitee, 0);
  if (email !== newest) found.push(`the address is ${email}, the newest recorded one ${newest}`);

  const wasNeverDecided = status === 'not_confirmed' && reactivations.length === 0;
  const endedByHand = told.some(({ name }) => ENDS_BY_HAND.includes(name));
  if (answered('re-invite', '202').length > 0 && wasNeverDecided && !endedByHand && generation === 1)
    found.push('a re-invite was answered 202 and there is no new link');
  return found;
}

async function readRecord({ sql }: FaultStage, { id }: Invitee): Promise<Record> {
  const [record] = await sql<Record>(
    `select u.confirmation_status as status, u.generation, c.email,
            (select json_agg(json_build_object('type', e.type, 'actor', e.actor, 'after', e.data -> 'after' ->> 'email')
                             order by e.id)
             from events e where e.portal_user_id = u.id) as timeline
     from portal_users u join contacts c on c.id = u.contact_id where u.id = $1`,
    [id],
  );
  return record!;
}
