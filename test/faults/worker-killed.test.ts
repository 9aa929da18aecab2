import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { submitForm } from '../harness/confirm.ts';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { report, tally } from '../harness/faults/report.ts';
import { retrying } from '../harness/faults/retrying.ts';
import { createRandom } from '../harness/faults/seed.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';

const INVITATIONS = 300;
const KILLS = 20;
const WORKERS = ['worker-1', 'worker-2'];
const INVITED_AT_A_TIME = 3;
/** An e-mail whose first attempts were lost with their worker. */
const MAIL_PATIENCE_MS = 180_000;

let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage({ workers: WORKERS });
});
afterAll(() => stage.close());

test(`${KILLS} kills of workers during ${INVITATIONS} invitations: nothing is lost, and every copy is identical`, async () => {
  const random = createRandom('worker-killed');
  const users = await stage.openPortal('killed');
  // slow enough that kills fall between the mail's arrival and the reply
  stage.sink.onMail = () => sleep(random.below(1200));
  const adds: (string | number)[] = [];
  const confirmations: (string | number)[] = [];
  let killed = 0;

  async function live(n: number): Promise<void> {
    while (n >= (killed + 1) * (INVITATIONS / KILLS)) await sleep(50); // so that each kill falls among some
    const email = `user.${n}@example.com`;
    const key = { 'idempotency-key': `"add-${n}"` };
    await retrying(() => users.post('', { email, name: `User ${n}` }, key), [201], adds);
    if (n % 2 === 0) return;
    confirming.push(
      (async () => {
        const { link } = await stage.sink.mailTo(email, 1, MAIL_PATIENCE_MS);
        await sleep(random.below(1500));
        await retrying(() => submitForm(link, { email }), [303], confirmations);
      })(),
    );
  }

  async function killWorkers(): Promise<void> {
    while (killed < KILLS) {
      await sleep(100 + random.below(1500));
      const both = random.below(5) === 0;
      const victims = both ? WORKERS : [WORKERS[random.below(2)]!];
      await Promise.all(victims.map(stage.processes.kill));
      killed += 1;
      await sleep(random.below(800));
      await Promise.all(victims.map(stage.processes.restart));
    }
  }

  const confirming: Promise<void>[] = [];
  const invited = pLimit(INVITED_AT_A_TIME).map(
    Array.from({ length: INVITATIONS }, (_, n) => n),
    live,
  );
  await Promise.all([invited, killWorkers()]);
  await Promise.all(confirming);
  await untilSettled(stage, 'killed');

  const found = await audit(stage, 'killed');
  const { contradictions, ...figures } = found;
  report('Workers killed', {
    kills: killed,
    'responses to adding': tally(adds),
    'responses to confirming': tally(confirmations),
    ...figures,
    contradictions: contradictions.length,
  });
  expect(contradictions).toEqual([]);
  expect(found.users).toBe(INVITATIONS);
  expect(found.mails).toBe(INVITATIONS);
});
