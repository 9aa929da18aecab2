import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { invitationWorkflowId, TASK_QUEUE } from '../../vocabulary/workflows.ts';
import { eventually } from '../harness/eventually.ts';
import { audit } from '../harness/faults/audit.ts';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { historiesOf, releasesOf, taskFailures } from '../harness/faults/histories.ts';
import { type Invitee, type Invitees, inviteesOf } from '../harness/faults/invitees.ts';
import { makeRelease } from '../harness/faults/release.ts';
import { report, tally } from '../harness/faults/report.ts';
import { temporalCli } from '../harness/faults/temporal-cli.ts';
import { untilSettled } from '../harness/faults/until-settled.ts';
import { silenceTemporal } from '../harness/test-worker.ts';

const PENDING = 200;
/** The server retries a failing workflow task after a pause that grows with each attempt. */
const RETRIED_WITHIN_MS = 120_000;
const MAILING = '  let email: InvitationEmailResult | OutOfTime = await mail(link);';
const WAITING = "await sleep(1, { summary: 'The next release waits' });";
const PASSED_PATCH = "TemporalChangeVersion = 'wait-before-email'";

silenceTemporal();

let stage: FaultStage;
beforeEach(async () => {
  stage = await setFaultStage({ workers: ['present'], env: { BUILD_ID: 'present' } });
});
afterEach(() => stage?.close());

/** @param waiting a statement that comes before each invitation e-mail */
function nextRelease(name: string, waiting: string): string {
  return makeRelease(stage, name, [
    { file: 'workflows/invitation.ts', from: MAILING, to: `  ${waiting}\n${MAILING}` },
    {
      file: 'workflows/invitation.ts',
      from: '  isCancellation,\n  sleep,',
      to: '  isCancellation,\n  patched,\n  sleep,',
    },
  ]);
}

async function startRelease(name: string, release: string): Promise<void> {
  await stage.processes.start(name, 'worker/main.ts', { release, env: { BUILD_ID: name } });
}

const log = (name: string) => readFileSync(join(stage.folder, `${name}.log`), 'utf8');

/** Of the workflow task that is due; 0 where none is. */
async function taskAttempt({ id }: Invitee): Promise<number> {
  const { raw } = await stage.client.workflow.getHandle(invitationWorkflowId(id)).describe();
  return raw.pendingWorkflowTask?.attempt ?? 0;
}

/** @returns the statuses of the responses */
async function act(people: Invitees, [toConfirm, toDeactivate, toReInvite]: Groups): Promise<Record<string, string>> {
  const [confirm, deactivate, reInvite] = await Promise.all([
    Promise.all(toConfirm.map((invitee) => people.confirm(invitee))),
    Promise.all(toDeactivate.map(people.deactivate)),
    Promise.all(toReInvite.map(people.reInvite)),
  ]);
  return { confirm: tally(confirm), deactivate: tally(deactivate), 're-invite': tally(reInvite) };
}

/** Who confirms, who is deactivated, who is re-invited. */
type Groups = [Invitee[], Invitee[], Invitee[]];

function take(pending: Invitee[]): Groups {
  return [pending.splice(0, 10), pending.splice(0, 5), pending.splice(0, 5)];
}

async function untilReInvited(people: Invitees, reInvited: Invitee[]): Promise<void> {
  const links = (invitee: Invitee) => new Set(people.mails(invitee).map(({ link }) => link)).size;
  await eventually(() => reInvited.every((invitee) => links(invitee) === 2), 'the re-invites', RETRIED_WITHIN_MS);
}

const statuses = async (people: Invitees, of: Invitee[]) =>
  tally((await Promise.all(of.map(people.row))).map(({ status }) => status));

const SERVED = { confirm: '303: 10', deactivate: '200: 5', 're-invite': '202: 5' };

test('a release that changes the workflow without a patch: calls are received, nothing is lost, rolling back heals', async () => {
  const people = inviteesOf(stage, await stage.openPortal('unpatched'));
  const pending = await people.add('unpatched', PENDING);
  const everybody = [...pending];
  const release = nextRelease('unpatched', WAITING);
  await stage.processes.stop('present');
  await startRelease('unpatched', release);

  const groups = take(pending);
  const [confirming, deactivating, reInviting] = groups;
  const acting = groups.flat();
  const responses = await act(people, groups);
  expect(responses).toEqual({ confirm: '202: 10', deactivate: '202: 5', 're-invite': '202: 5' });
  const attempts = () => Promise.all(acting.map(taskAttempt));
  await eventually(async () => (await attempts()).every((attempt) => attempt > 1), 'failing workflow tasks');
  const again = tally(await Promise.all(confirming.map((invitee) => people.confirm(invitee))));
  expect(again).toBe('202: 10');
  expect(await statuses(people, acting)).toBe('not_confirmed: 20');
  expect(acting.map((invitee) => people.mails(invitee).length)).toEqual(acting.map(() => 1));

  const seen = await seenByOperator(acting[0]!);
  const [newcomers, stuck] = [await people.add('newcomer', 5), await people.add('stuck', 3)];
  const newcomersConfirm = tally(await Promise.all(newcomers.map((invitee) => people.confirm(invitee))));
  expect(newcomersConfirm).toBe('303: 5');

  await stage.processes.stop('unpatched');
  await stage.processes.restart('present');
  const rolledBackAt = Date.now();
  await eventually(
    async () => (await statuses(people, confirming)) === 'confirmed: 10',
    'the confirmations',
    RETRIED_WITHIN_MS,
  );
  await eventually(
    async () => (await statuses(people, deactivating)) === 'deactivated: 5',
    'the deactivations',
    RETRIED_WITHIN_MS,
  );
  await untilReInvited(people, reInviting);
  const healedMs = Date.now() - rolledBackAt;
  expect(await act(people, take(pending))).toEqual(SERVED);

  // What the unpatched release has begun the present one cannot replay: such a run is reset, and keeps its signals.
  expect(tally(await Promise.all(stuck.map((invitee) => people.confirm(invitee))))).toBe('202: 3');
  await resetRunsOf('unpatched');
  await eventually(
    async () => (await statuses(people, stuck)) === 'confirmed: 3',
    'what was confirmed before the reset',
    RETRIED_WITHIN_MS,
  );

  await untilSettled(stage, 'unpatched');
  const { contradictions, ...figures } = await audit(stage, 'unpatched');
  report('Deploy without a patch', {
    ...responses,
    'confirm again': again,
    'confirm, begun under the release': newcomersConfirm,
    ...seen,
    'healed within ms of rolling back': healedMs,
    ...figures,
    contradictions: contradictions.length,
  });
  expect(contradictions).toEqual([]);
  expect(figures.copies).toBe(0);
  expect(figures.mails).toBe(everybody.length + newcomers.length + stuck.length + 10);
});

/** What `docs/operating.md` tells to look at, while a workflow task fails. */
async function seenByOperator({ id }: Invitee): Promise<Record<string, string | number>> {
  const ofWorkflow = ['--workflow-id', invitationWorkflowId(id)];
  const described = await eventually(async () => {
    const answer = JSON.parse(await temporalCli(stage, 'workflow describe -o json', ...ofWorkflow));
    return answer.pendingWorkflowTask?.attempt > 2 && answer; // each signal begins another task
  }, 'another attempt');
  expect(await temporalCli(stage, 'workflow show', ...ofWorkflow)).toMatch(/WorkflowTask(Failed|TimedOut)\s*$/);
  const { runId } = described.workflowExecutionInfo.execution;
  const line = log('unpatched')
    .split('\n')
    .find((text) => text.includes(runId) && text.includes('"msg":"Failing workflow task"'));
  expect(JSON.parse(line!).failure).toContain('[TMPRL1100] Nondeterminism error');
  return { 'attempt of a failing workflow task': described.pendingWorkflowTask.attempt };
}

/** As `docs/operating.md` says. */
async function resetRunsOf(buildId: string): Promise<void> {
  const query = `WorkflowType = 'invitation' and ExecutionStatus = 'Running' and BuildIds = 'unversioned:${buildId}'`;
  const reset = 'workflow reset --yes --type FirstWorkflowTask --reason begun-by-a-release-that-is-gone';
  await temporalCli(stage, reset, '--query', query);
}

/** By the commands of `docs/operating.md`. */
async function expectSeen(...releases: string[]): Promise<void> {
  const ofQueue = ['--task-queue', TASK_QUEUE];
  const { pollers } = JSON.parse(await temporalCli(stage, 'task-queue describe --legacy-mode -o json', ...ofQueue));
  const polling = pollers.map(({ deployment_options: { deployment_name, build_id } }: Poller) => [
    deployment_name,
    build_id,
  ]);
  expect(polling.toSorted()).toEqual(releases.map((release) => ['portal-invitations', release]).toSorted());
  for (const attribute of [...releases.map((release) => `BuildIds = 'unversioned:${release}'`), PASSED_PATCH]) {
    const query = `WorkflowType = 'invitation' and ${attribute}`;
    expect(await temporalCli(stage, 'workflow count', '--query', query)).toMatch(/Total: [1-9]/);
  }
}

/** As the CLI prints it. */
interface Poller {
  deployment_options: { deployment_name: string; build_id: string };
}

test('a release that changes the workflow with a patch runs beside the present one, and then alone', async () => {
  const people = inviteesOf(stage, await stage.openPortal('patched'));
  const pending = await people.add('patched', PENDING);
  const everybody = [...pending];
  const release = nextRelease('patched', `if (patched('wait-before-email')) ${WAITING}`);
  await startRelease('patched', release);

  const mixedGroups = take(pending);
  expect(await act(people, mixedGroups)).toEqual(SERVED);
  const begunWhileMixed = await people.add('mixed', 20);
  everybody.push(...begunWhileMixed);
  await untilReInvited(people, mixedGroups[2]);
  const mixed = await act(people, [
    mixedGroups[2].concat(begunWhileMixed.splice(0, 5)),
    begunWhileMixed.splice(0, 5),
    begunWhileMixed.splice(0, 5),
  ]);
  expect(mixed).toEqual(SERVED);

  await expectSeen('present', 'patched');

  await stage.processes.stop('present');
  const groups = take(pending);
  const alone = await act(people, groups);
  expect(alone).toEqual(SERVED);
  const late = await people.add('late', 5);
  everybody.push(...late);
  await untilReInvited(people, groups[2]);
  expect(
    tally(await Promise.all([...groups[2], ...late, ...begunWhileMixed].map((invitee) => people.confirm(invitee)))),
  ).toBe('303: 15');
  await untilSettled(stage, 'patched');

  const histories = await historiesOf(stage, everybody);
  expect(taskFailures(histories)).toEqual([]);
  const workflowsPath = join(release, 'workflows/index.ts');
  let replayed = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowsPath }, histories)) {
    expect(error).toBeUndefined();
    replayed += 1;
  }
  expect(replayed).toBe(everybody.length);
  const tasks = releasesOf(histories);
  expect(new Set(tasks)).toEqual(new Set(['portal-invitations present', 'portal-invitations patched']));

  const { contradictions, ...figures } = await audit(stage, 'patched');
  report('Deploy with a patch', {
    'while mixed': JSON.stringify(mixed),
    'the new release alone': JSON.stringify(alone),
    'workflow tasks': tally(tasks),
    'histories replayed': replayed,
    ...figures,
    contradictions: contradictions.length,
  });
  expect(contradictions).toEqual([]);
  expect(figures.copies).toBe(0);
});
