import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import {
  adding,
  type CallName,
  CHANGES,
  type Change,
  confirming,
  correcting,
  deactivating,
  readRecord,
  reInviting,
} from '../harness/faults/outage-calls.ts';
import { report, tally } from '../harness/faults/report.ts';
import { retrying } from '../harness/faults/retrying.ts';
import { createRandom } from '../harness/faults/seed.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';
import { untilTransactionsEnd } from '../harness/faults/until-transactions-end.ts';

const INVITATIONS = 250;
const INVITED_AT_A_TIME = 5;
/** Of an e-mail whose first attempts were cut off. */
const MAIL_PATIENCE_MS = 180_000;

let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage();
});
afterAll(() => stage.close());

test(`connections to each server are cut during ${INVITATIONS} invitations: everything ends as clients were told`, async () => {
  const random = createRandom('connections-cut');
  const users = await stage.openPortal('cut');
  stage.sink.onMail = () => sleep(random.below(150)); // so that some replies are lost
  const { postgres, temporal, mailServer } = stage.relays;
  const relays = Object.entries({ postgres, temporal, mailServer });
  const cuts: string[] = [];
  const seen = new Map<CallName, (string | number)[]>(CHANGES.map((name) => [name, []]));
  const accepted: Change[] = [];

  async function live(n: number): Promise<void> {
    const email = `user.${n}@cut.example`;
    const { make, accepted: added } = adding(users, email);
    const { body } = await retrying(make, added, seen.get('add')!);
    const { link } = await stage.sink.mailTo(email, 1, MAIL_PATIENCE_MS);
    const user = { id: body.id as string, email, link };
    const changes = [confirming(user), deactivating(users, user), reInviting(users, user), correcting(users, user)];
    const change = changes[n % changes.length]!;
    await sleep(random.below(1_000));
    await retrying(change.make, change.accepted, seen.get(change.name)!);
    accepted.push(change);
  }

  let isOver = false;
  async function cutConnections(): Promise<void> {
    while (!isOver) {
      await sleep(200 + random.below(800));
      const [server, relay] = relays[random.below(relays.length)]!;
      relay.cut();
      cuts.push(server);
    }
  }

  const cutting = cutConnections();
  const numbers = Array.from({ length: INVITATIONS }, (_, n) => n);
  await pLimit(INVITED_AT_A_TIME)
    .map(numbers, live)
    .finally(() => {
      isOver = true;
    });
  await cutting;
  await untilSettled(stage, 'cut');
  await untilTransactionsEnd(stage);

  const record = await readRecord(stage, 'cut');
  const untrue = accepted
    .filter(({ email, isKept }) => !record.has(email) || !isKept(record.get(email)!))
    .map(({ name, email }) => `${name} of ${email}: ${JSON.stringify(record.get(email))}`);
  const found = await audit(stage, 'cut');
  const { contradictions, ...figures } = found;
  report('Connections cut', {
    cuts: tally(cuts),
    ...Object.fromEntries([...seen].map(([name, statuses]) => [`responses to ${name}`, tally(statuses)])),
    ...figures,
    contradictions: contradictions.length,
    untrue: untrue.length,
  });
  expect(contradictions).toEqual([]);
  expect(untrue).toEqual([]);
  expect(found.users).toBe(INVITATIONS);
});
