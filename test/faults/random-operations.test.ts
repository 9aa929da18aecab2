import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { INVITED, type Operation, operate, sampleScripts } from '../harness/faults/invitation-model.ts';
import { addressOf, invite, perform } from '../harness/faults/invitation-operations.ts';
import { contradictingMails, reach } from '../harness/faults/model-agreement.ts';
import { report, tally } from '../harness/faults/report.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';
import { type Told, untruths } from '../harness/faults/untruths.ts';

const USERS = 500;
const USERS_AT_A_TIME = 6;
/** Nobody knows what came of it. */
const UNKNOWN = '503 unavailable';

/** No more is tried after this many, since each takes as long as patience lasts. */
const MOST_PROBLEMS = 10;

const scripts = sampleScripts(USERS);
const oneByOne = scripts.slice(0, USERS / 2);
const atOnce = scripts.slice(USERS / 2);

let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage({ workers: ['worker-1', 'worker-2'] });
});
afterAll(() => stage?.close());

test(`the random operations of ${oneByOne.length} users, one after the other, do what a reference model does`, async () => {
  const users = await stage.openPortal('one-by-one');
  const answers: Answers = new Map();
  const problems: string[] = [];

  async function live(script: Operation[], n: number): Promise<void> {
    const invitee = await invite(users, `one-by-one.${n}`);
    let state = await reach(stage, invitee, [INVITED]);
    for (const operation of script) {
      if (problems.length >= MOST_PROBLEMS) return;
      const { answers: expected, next } = operate(state, operation);
      const answer = await perform(stage, users, invitee, operation);
      count(answers, operation, answer);
      const isTrue = expected.includes(answer) || isPromised(expected, answer) || answer === UNKNOWN;
      if (!isTrue) throw new Error(`operation ${operation.number}: ${answer}, expected ${expected.join(' or ')}`);
      state = await reach(stage, invitee, answer === UNKNOWN ? [next, state] : [next]).catch((error) => {
        throw new Error(`operation ${operation.number}: ${error.message}`);
      });
    }
    for (const problem of await contradictingMails(stage, invitee, state)) throw new Error(problem);
  }

  await pLimit(USERS_AT_A_TIME).map(oneByOne, (script, n) =>
    live(script, n).catch((error) => problems.push(`user ${n}, ${describeScript(script)}: ${error.message}`)),
  );
  const { contradictions, ...figures } = await audit(stage, 'one-by-one', { endedByHand: true });
  report('Random operations, one after the other: answers', tallies(answers));
  report('Random operations, one after the other', {
    ...figures,
    'differences from the model': problems.length,
    contradictions: contradictions.length,
  });
  expect({ problems, contradictions, copies: figures.copies }).toEqual({ problems: [], contradictions: [], copies: 0 });
});

test(`the random operations of ${atOnce.length} users, at the same time, leave what the events lead to, and every answer is true`, async () => {
  const users = await stage.openPortal('at-once');
  const answers: Answers = new Map();
  const checks: (() => Promise<string[]>)[] = [];

  async function live(script: Operation[], n: number): Promise<void> {
    const invitee = await invite(users, `at-once.${n}`);
    const told: Told[] = [];

    checks.push(async () => {
      const found = await untruths(stage, invitee, told);
      return found.map((one) => `user ${n}, ${describeScript(script)}: ${one}; told ${JSON.stringify(told)}`);
    });
    async function act(operation: Operation): Promise<void> {
      await sleep(operation.delayMs);
      const beganAt = performance.now();
      const answer = await perform(stage, users, invitee, operation);
      told.push({ ...operation, answer, beganAt, endedAt: performance.now() });
      count(answers, operation, answer);
    }
    if (n % 3 > 0) await stage.sink.mailTo(addressOf(invitee, 0)); // so that there is a link; the others interrupt the sending
    await Promise.all(script.map(act));
  }

  await pLimit(USERS_AT_A_TIME).map(atOnce, live);
  await untilSettled(stage, 'at-once');
  const { contradictions, ...figures } = await audit(stage, 'at-once', { endedByHand: true });
  const untrue = (await pLimit(USERS_AT_A_TIME).map(checks, (check) => check())).flat();
  report('Random operations, at the same time: answers', tallies(answers));
  report('Random operations, at the same time', {
    ...figures,
    'untrue answers': untrue.length,
    contradictions: contradictions.length,
  });
  const withScripts = contradictions.map((one) => `${one}; ${scriptOf(one)}`);
  expect({ untrue, contradictions: withScripts }).toEqual({ untrue: [], contradictions: [] });
});

type Answers = Map<string, string[]>;

function count(answers: Answers, { name }: Operation, answer: string): void {
  answers.set(name, [...(answers.get(name) ?? []), answer]);
}

function tallies(answers: Answers): Record<string, string> {
  return Object.fromEntries([...answers].sort().map(([name, given]) => [name, tally(given.sort())]));
}

/** The workflow has taken it, and has recorded it later than the call waits. */
function isPromised(expected: string[], answer: string): boolean {
  return answer === '202' && (expected.includes('303') || expected.includes('200'));
}

function describeScript(script: Operation[]): string {
  return script.map(({ number, name, delayMs }) => `${number}. ${name} (${delayMs} ms)`).join(', ');
}

/** Of the user that a contradiction is about. */
function scriptOf(contradiction: string): string {
  const n = /^at-once\.(\d+)\./.exec(contradiction)?.[1];
  return n === undefined ? '' : describeScript(atOnce[Number(n)]!);
}
