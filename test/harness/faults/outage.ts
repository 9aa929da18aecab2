import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { type ApiClient, apiClient } from '../api-client.ts';
import { eventually } from '../eventually.ts';
import type { Relay, RelayMode } from '../relay.ts';
import { audit } from './audit.ts';
import type { FaultStage } from './fault-stage.ts';
import {
  adding,
  type Call,
  type CallName,
  CHANGES,
  type Change,
  confirming,
  correcting,
  deactivating,
  type InvitedUser,
  READS,
  readRecord,
  readsOf,
  reInviting,
} from './outage-calls.ts';
import { tally } from './report.ts';
import { retrying } from './retrying.ts';
import type { Random } from './seed.ts';
import { untilSettled } from './until-settled.ts';

const OUTAGE_MS = 60_000;
/** On each of them one change is made. */
const INVITED_BEFORE = 56;
/** Rounds of changes that are under way when the outage begins. */
const ROUNDS_BEFORE = 4;
const BEFORE_WITHIN_MS = 200;
const AT_A_TIME = 4;
/** Of the first e-mails, and until the API is ready again. */
const PATIENCE_MS = 120_000;

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

interface Answered<Made extends Call = Call> {
  call: Made;
  status: number;
  ms: number;
  retryAfter: string | null;
  /** Begun before the outage. */
  early: boolean;
}

/** What clients were told, and what became of it. */
export interface OutageResult {
  figures: Record<string, string | number>;
  /** Responses during the outage that should have been others. */
  unexpected: string[];
  /** Changes that were accepted, during the outage or when they were retried, and that the record does not show. */
  untrue: string[];
  contradictions: string[];
  users: number;
  expectedUsers: number;
}

/**
 * Invites users, takes a server away for a minute while clients go on, gives it back, retries what was refused as a client does,
 * and waits until everything is carried out.
 */
export async function liveThrough(stage: FaultStage, outage: Outage): Promise<OutageResult> {
  const { name, relay, mode, random } = outage;
  const users = await stage.openPortal(name);
  const invited = await inviteBefore(stage, users, name);

  const early = changesBefore(users, invited, outage);
  await sleep(random.below(BEFORE_WITHIN_MS));
  await relay.set(mode);
  const { read, changed } = await callDuring(stage, users, invited, outage);
  changed.push(...(await early));
  await relay.set('pass');

  const backAt = Date.now();
  const isReady = async () => (await apiClient(stage.url, undefined).get('/readyz')).status === 200;
  await eventually(isReady, 'the API to be ready again', PATIENCE_MS);
  const readyAfter = Date.now() - backAt;
  const retried = await retryRefused(changed.filter(({ call, status }) => !call.accepted.includes(status)));
  await untilSettled(stage, name);
  const settledAfter = Date.now() - backAt;

  const record = await readRecord(stage, name);
  const kept = ({ call }: Answered<Change>) => record.has(call.email) && call.isKept(record.get(call.email)!);
  const untrue = changed
    .filter((answered) => !kept(answered))
    .map(({ call, status }) => `${call.name} of ${call.email}: ${status}, ${JSON.stringify(record.get(call.email))}`);
  const answered = [...read, ...changed];
  const { copies, contradictions } = await audit(stage, name);
  return {
    figures: {
      ...talliesOf(answered),
      retried: tally(retried),
      'longest response ms': Math.max(...answered.map(({ ms }) => ms)),
      ...{ 'ready after ms': readyAfter, 'settled after ms': settledAfter, copies },
      ...{ contradictions: contradictions.length, untrue: untrue.length },
    },
    unexpected: answered.filter((one) => !isExpected(one, outage)).map(({ call, status }) => `${call.name}: ${status}`),
    ...{ untrue, contradictions, users: record.size },
    expectedUsers: INVITED_BEFORE + changed.filter(({ call }) => call.name === 'add').length,
  };
}

async function inviteBefore(stage: FaultStage, users: ApiClient, name: string): Promise<InvitedUser[]> {
  const invited = await pLimit(AT_A_TIME).map(Array(INVITED_BEFORE).fill(undefined), async (_, n) => {
    const email = `user.${n}@${name}.example`;
    const { body } = await users.post('', { email, name: `User ${n}` }).expecting(201);
    const { link } = await stage.sink.mailTo(email, 1, PATIENCE_MS);
    return { id: body.id as string, email, link };
  });
  await untilSettled(stage, name);
  return invited;
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
async function changesBefore(
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
async function callDuring(
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

async function retryRefused(refused: Answered<Change>[]): Promise<(string | number)[]> {
  const seen: (string | number)[] = [];
  // 409 to a confirmation: the refused call was carried out all the same. Whether that is so, the record says.
  await pLimit(AT_A_TIME).map(refused, ({ call }) =>
    retrying(call.make, call.name === 'confirm' ? [...call.accepted, 409] : call.accepted, seen),
  );
  return seen;
}

/** A call that needs the server is refused while there is none; begun before, or with connections that are cut, it may get through. */
function isExpected({ call, status, retryAfter, early }: Answered, { needing, mode }: Outage): boolean {
  if (!needing.includes(call.name)) return call.accepted.includes(status);
  if ((mode === 'cut' || early) && call.accepted.includes(status)) return true;
  return status === 503 && (call.name === '/readyz' || Number(retryAfter) > 0);
}

function talliesOf(answered: Answered[]): Record<string, string> {
  const byName = Map.groupBy(answered, ({ call }) => call.name);
  return Object.fromEntries(
    [...READS, ...CHANGES].map((name) => [name, tally((byName.get(name) ?? []).map(({ status }) => status))]),
  );
}
