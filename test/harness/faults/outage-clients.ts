import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ApiClient } from '../api-client.ts';
import type { Relay, RelayMode } from '../relay.ts';
import type { FaultStage } from './fault-stage.ts';
import {
  adding,
  type Call,
  type CallName,
  type Change,
  confirming,
  correcting,
  deactivating,
  type InvitedUser,
  readsOf,
  reInviting,
} from './outage-calls.ts';
import { retrying } from './retrying.ts';
import type { Random } from './seed.ts';

const OUTAGE_MS = 60_000;
/** Rounds of changes that are under way when the outage begins, and how long their clients take to begin. */
const ROUNDS_BEFORE = 4;
export const BEFORE_WITHIN_MS = 200;
const RETRIED_AT_A_TIME = 4;

export type OutageMode = Exclude<RelayMode, 'pass'>;
export const OUTAGE_MODES: OutageMode[] = ['refuse', 'hang', 'cut'];

export interface Outage {
  /** Also the slug of the portal. */
  name: string;
  relay: Relay;
  mode: OutageMode;
  /** Calls that cannot be carried out without the server. All others must be. */
  needing: readonly CallName[];
  random: Random;
}

/** A call and the response to it. */
export interface Answered<Made extends Call = Call> {
  call: Made;
  status: number;
  ms: number;
  retryAfter: string | null;
  /** Begun before the outage. */
  early: boolean;
}

/** One change of each kind, each on another user, while there are any left. */
function changesOf(users: ApiClient, left: InvitedUser[], added: string): Change[] {
  const add = adding(users, added);
  const [toConfirm, toReInvite, toDeactivate, toCorrect] = left.splice(0, 4);
  if (!toCorrect) return [add];
  return [
    add,
    confirming(toConfirm!),
    reInviting(users, toReInvite!),
    deactivating(users, toDeactivate!),
    correcting(users, toCorrect),
  ];
}

/** Changes that the outage overtakes. */
export async function changesBefore(
  users: ApiClient,
  left: InvitedUser[],
  { name, random }: Outage,
): Promise<Answered<Change>[]> {
  const rounds = Array.from({ length: ROUNDS_BEFORE }, (_, n) => changesOf(users, left, `early.${n}@${name}.example`));
  return Promise.all(
    rounds.flat().map(async (change) => {
      await sleep(random.below(BEFORE_WITHIN_MS));
      return { ...(await measured(change)), early: true };
    }),
  );
}

/** Makes every call at once, again and again. */
export async function callDuring(
  stage: FaultStage,
  users: ApiClient,
  left: InvitedUser[],
  { name, random }: Outage,
): Promise<{ read: Answered[]; changed: Answered<Change>[] }> {
  const read: Answered[] = [];
  const changed: Answered<Change>[] = [];
  const endsAt = Date.now() + OUTAGE_MS;
  for (let round = 0; Date.now() < endsAt; round += 1) {
    const [reads, changes] = await Promise.all([
      Promise.all(readsOf(stage, name).map(measured)),
      Promise.all(changesOf(users, left, `added.${round}@${name}.example`).map(measured)),
    ]);
    read.push(...reads);
    changed.push(...changes);
    await sleep(Math.min(2_500 + random.below(2_000), Math.max(endsAt - Date.now(), 0)));
  }
  return { read, changed };
}

async function measured<Made extends Call>(call: Made): Promise<Answered<Made>> {
  const startedAt = performance.now();
  const { status, headers } = await call.make();
  const ms = Math.round(performance.now() - startedAt);
  return { call, status, ms, retryAfter: headers.get('retry-after'), early: false };
}

/** Retries until each is accepted, as a client does. Returns the statuses. */
export async function retryRefused(refused: Answered<Change>[]): Promise<(string | number)[]> {
  const seen: (string | number)[] = [];
  // 409 to a confirmation: the refused call was carried out all the same. Whether that is so, the record says.
  await pLimit(RETRIED_AT_A_TIME).map(refused, ({ call }) =>
    retrying(call.make, call.name === 'confirm' ? [...call.accepted, 409] : call.accepted, seen),
  );
  return seen;
}
