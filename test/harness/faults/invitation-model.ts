import fc from 'fast-check';
import type { EventType } from '../../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../../vocabulary/statuses.ts';
import { SEED } from './seed.ts';

/** What can be done about one invitation, and how often it is chosen. The last six are done by hand, in Temporal. */
const WEIGHTS = {
  'confirm by the newest link': 3,
  'confirm by the first link': 1,
  're-invite': 2,
  deactivate: 2,
  reactivate: 2,
  'correct the address': 2,
  'signal confirm': 1,
  'signal reInvite': 1,
  'signal deactivate': 1,
  terminate: 1,
  cancel: 1,
  reset: 1,
};
export type OperationName = keyof typeof WEIGHTS;

export interface Operation {
  name: OperationName;
  /** Its place in the script, from 1 on. */
  number: number;
  /** When it begins, if the operations of a script do not wait for each other. */
  delayMs: number;
}

/** @returns as many scripts as there are users, of 3 to 8 operations each; the same ones for the same seed */
export function sampleScripts(users: number): Operation[][] {
  const choices = Object.entries(WEIGHTS).map(([name, weight]) => ({
    arbitrary: fc.constant(name as OperationName),
    weight,
  }));
  const delayMs = fc.oneof({ arbitrary: fc.constant(0), weight: 1 }, { arbitrary: fc.nat(1_200), weight: 2 });
  const operation = fc.record({ name: fc.oneof(...choices), delayMs });
  const script = fc.array(operation, { minLength: 3, maxLength: 8, size: 'max' });
  return fc
    .sample(fc.noBias(script), { seed: SEED, numRuns: users })
    .map((operations) => operations.map((one, index) => ({ ...one, number: index + 1 })));
}

/** Where an invitation stands when nothing is under way. */
export interface ModelState {
  status: ConfirmationStatus;
  hasConfirmed: boolean;
  /** Of the newest link, the only one that works. */
  generation: number;
  /** The operation that corrected the address last; 0: none did. */
  address: number;
  /** The first generation mailed to this address. Earlier links are unknown since. */
  addressedSince: number;
  workflowRuns: boolean;
  /** When the confirmation was answered, in milliseconds. */
  confirmedAt?: number;
  timeline: EventType[];
}

export const INVITED: ModelState = {
  status: 'not_confirmed',
  hasConfirmed: false,
  generation: 1,
  address: 0,
  addressedSince: 1,
  workflowRuns: true,
  timeline: ['portal_user_added', 'invitation_sent'],
};

/** An operation's result: the status of a response with the code of its problem, or what Temporal's client says. */
export interface Step {
  /** More than one where it depends on the time. */
  answers: string[];
  next: ModelState;
}

/** Below the minute in which a form that is submitted again is answered as before. */
const SURELY_JUST_CONFIRMED_MS = 45_000;

/** What an operation does, and what its caller is told. */
export function operate(state: ModelState, { name, number }: Operation, now = Date.now()): Step {
  switch (name) {
    case 'confirm by the newest link':
      return confirmBy(state.generation, state, now);
    case 'confirm by the first link':
      return confirmBy(1, state, now);
    case 're-invite':
      return (
        refusedUnlessNotConfirmed(state) ?? { answers: ['202'], next: invitedAnew(state, 'portal_user_re_invited') }
      );
    case 'deactivate':
      return { answers: ['200'], next: deactivated(state) };
    case 'reactivate':
      return state.status === 'deactivated'
        ? { answers: ['202'], next: reactivated(state) }
        : { answers: ['409 not_deactivated'], next: state };
    case 'correct the address':
      return refusedUnlessNotConfirmed(state) ?? { answers: ['200'], next: readdressed(state, number) };
    case 'signal confirm':
      return toWorkflow(state, confirmed(state, now));
    case 'signal reInvite':
      return toWorkflow(state, invitedAnew(state, 'portal_user_re_invited'));
    case 'signal deactivate':
      return toWorkflow(state, deactivated(state));
    case 'terminate':
      return toWorkflow(state, { ...state, workflowRuns: false });
    case 'cancel':
      return { answers: [DONE], next: { ...state, workflowRuns: false } }; // Temporal cancels also what has ended
    case 'reset':
      // The new run takes the same signals in the same order, and what they led to is recorded already.
      return { answers: [DONE], next: { ...state, workflowRuns: state.status === 'not_confirmed' } };
  }
}

/** Of an operation by hand. */
export const DONE = 'done';
export const NO_WORKFLOW = 'WorkflowNotFoundError';

/** What opening a link shows. */
export function openLink({ status, generation: newest, addressedSince }: ModelState, generation: number): string {
  if (generation < addressedSince) return '404 not_found';
  if (status === 'confirmed') return '409 already_confirmed';
  if (status === 'deactivated') return '410 deactivated';
  return generation === newest ? '200' : '410 link_superseded';
}

function confirmBy(generation: number, state: ModelState, now: number): Step {
  const seen = openLink(state, generation);
  if (seen === '200') return { answers: ['303'], next: confirmed(state, now) };
  const isUsedLink = seen === '409 already_confirmed' && generation === state.generation;
  if (!isUsedLink) return { answers: [seen], next: state };
  const isJustUsed = now - state.confirmedAt! < SURELY_JUST_CONFIRMED_MS;
  return { answers: isJustUsed ? ['303'] : ['303', seen], next: state };
}

function refusedUnlessNotConfirmed(state: ModelState): Step | undefined {
  if (state.status === 'confirmed') return { answers: ['409 already_confirmed'], next: state };
  if (state.status === 'deactivated') return { answers: ['409 deactivated'], next: state };
  return undefined;
}

function toWorkflow(state: ModelState, next: ModelState): Step {
  return state.workflowRuns ? { answers: [DONE], next } : { answers: [NO_WORKFLOW], next: state };
}

function confirmed(state: ModelState, now: number): ModelState {
  return {
    ...ended(state, 'confirmed', 'portal_user_confirmed'),
    hasConfirmed: true,
    confirmedAt: now,
  };
}

function deactivated(state: ModelState): ModelState {
  return state.status === 'deactivated' ? state : ended(state, 'deactivated', 'portal_user_deactivated');
}

function ended(state: ModelState, status: ConfirmationStatus, event: EventType): ModelState {
  return { ...state, status, workflowRuns: false, timeline: [...state.timeline, event] };
}

function reactivated(state: ModelState): ModelState {
  if (!state.hasConfirmed)
    return invitedAnew({ ...state, status: 'not_confirmed' }, 'portal_user_reactivated', 'portal_user_re_invited');
  return { ...state, status: 'confirmed', timeline: [...state.timeline, 'portal_user_reactivated'] };
}

function readdressed(state: ModelState, address: number): ModelState {
  const next = invitedAnew(state, 'portal_user_changed', 'portal_user_re_invited');
  return { ...next, address, addressedSince: next.generation };
}

/** With a new link, mailed by a workflow that runs, also where somebody ended the one before. */
function invitedAnew(state: ModelState, ...events: EventType[]): ModelState {
  const timeline: EventType[] = [...state.timeline, ...events, 'invitation_sent'];
  return { ...state, generation: state.generation + 1, workflowRuns: true, timeline };
}
