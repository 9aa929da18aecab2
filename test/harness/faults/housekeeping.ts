import { TASK_QUEUE } from '../../../vocabulary/workflows.ts';
import { housekeepingScheduleId } from '../../../worker/housekeeping-schedule.ts';
import { eventually } from '../eventually.ts';
import type { FaultStage } from './fault-stage.ts';

const scheduleOf = ({ client }: FaultStage) => client.schedule.getHandle(housekeepingScheduleId(TASK_QUEUE));

/** Waits until the schedule of the housekeeping is there. */
export async function untilScheduled(stage: FaultStage, patienceMs: number): Promise<void> {
  const isThere = () =>
    scheduleOf(stage)
      .describe()
      .then(
        () => true,
        () => false,
      );
  await eventually(isThere, 'the schedule of the housekeeping', patienceMs);
}

/** A run that is asked for while another one is under way, or within its second, is skipped. */
const ASK_AGAIN_MS = 3_000;

/** Has the housekeeping run once more at once, as an operator can, and waits for its end. */
export async function runHousekeeping(stage: FaultStage): Promise<void> {
  const before = await newestRun(stage);
  const isNew = async () => {
    const newest = await newestRun(stage);
    return newest === before ? undefined : newest;
  };
  const run = await eventually(async () => {
    await scheduleOf(stage).trigger();
    return eventually(isNew, 'a run', ASK_AGAIN_MS).catch(() => undefined);
  }, 'a run of the housekeeping');
  await stage.client.workflow.getHandle(run).result();
}

/** The workflow id, or '' where it has never run. */
async function newestRun(stage: FaultStage): Promise<string> {
  const { info } = await scheduleOf(stage).describe();
  return info.recentActions.at(-1)?.action.workflow.workflowId ?? '';
}
