import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { report, tally } from '../harness/faults/report.ts';
import { retrying } from '../harness/faults/retrying.ts';
import { createRandom } from '../harness/faults/seed.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';

const USERS = 500;
const KILLS = 20;
const ADDED_AT_A_TIME = 4;

let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage();
});
afterAll(() => stage.close());

test(`${KILLS} kills of the API while clients add ${USERS} users and retry: each is added and mailed once`, async () => {
  const random = createRandom('api-killed');
  const users = await stage.openPortal('killed');
  const responses: (string | number)[] = [];
  const told = new Map<string, string>();
  let killed = 0;

  async function add(n: number): Promise<void> {
    while (n >= (killed + 1) * (USERS / KILLS)) await sleep(50); // so that each kill falls among some
    const email = `user.${n}@example.com`;
    const key = { 'idempotency-key': `"add-${n}"` };
    const { body } = await retrying(() => users.post('', { email, name: `User ${n}` }, key), [201], responses);
    told.set(email, body.id);
  }

  async function killApi(): Promise<void> {
    while (killed < KILLS) {
      await sleep(200 + random.below(900));
      await stage.processes.kill('api');
      killed += 1;
      await stage.processes.restart('api');
    }
  }

  const added = pLimit(ADDED_AT_A_TIME).map(
    Array.from({ length: USERS }, (_, n) => n),
    add,
  );
  await Promise.all([added, killApi()]);
  const settledAfterMs = await untilSettled(stage, 'killed');

  const rows = await stage.sql<{ id: string; email: string }>(
    'select u.id, c.email from portal_users u join contacts c on c.id = u.contact_id',
  );
  const { contradictions, ...figures } = await audit(stage, 'killed');
  report('API killed', {
    kills: killed,
    'responses to adding': tally(responses),
    'settled after, ms': settledAfterMs,
    ...figures,
    contradictions: contradictions.length,
  });
  expect(contradictions).toEqual([]);
  expect(new Map(rows.map(({ id, email }) => [email, id]))).toEqual(told);
  expect(figures).toMatchObject({ users: USERS, mails: USERS });
});
