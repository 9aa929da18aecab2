import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { type ApiClient, apiClient } from '../api-client.ts';
import { eventually } from '../eventually.ts';
import { audit } from './audit.ts';
import type { FaultStage } from './fault-stage.ts';
import { CHANGES, type Change, type InvitedUser, READS, readRecord } from './outage-calls.ts';
import {
  type Answered,
  BEFORE_WITHIN_MS,
  callDuring,
  changesBefore,
  type Outage,
  retryRefused,
} from './outage-clients.ts';
import { tally } from './report.ts';
import { untilSettled } from './until-settled.ts';
import { untilTransactionsEnd } from './until-transactions-end.ts';

/** On each of them one change is made. */
const INVITED_BEFORE = 56;
const AT_A_TIME = 4;
/** Of the first e-mails, and until the API is ready again. */
const PATIENCE_MS = 120_000;

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
  await untilTransactionsEnd(stage);

  const record = await readRecord(stage, name);
  const kept = ({ call }: Answered<Change>) => record.has(call.email) && call.isKept(record.get(call.email)!);
  const untrue = changed
    .filter((answered) => !kept(answered))
    .map(({ call, status }) => `${call.name} of ${call.email}: ${status}, ${JSON.stringify(record.get(call.email))}`);
  // A refused re-invite that was carried out all the same, and then retried, which names no link.
  const twice = changed.filter(
    ({ call }) => call.name === 're-invite' && (record.get(call.email)?.generation ?? 0) > 2,
  );
  const answered = [...read, ...changed];
  const { copies, contradictions } = await audit(stage, name);
  return {
    figures: {
      ...talliesOf(answered),
      retried: tally(retried),
      'longest response ms': Math.max(...answered.map(({ ms }) => ms)),
      ...{ 'ready after ms': readyAfter, 'settled after ms': settledAfter, copies },
      ...{ 're-invited twice': twice.length, contradictions: contradictions.length, untrue: untrue.length },
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
