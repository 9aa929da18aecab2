import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { noop } = proxyActivities<{ noop(id: string): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export const goOn = defineSignal('goOn');

/** The least that an invitation could be to Temporal: one activity, one signal. */
export async function lean(id: string): Promise<void> {
  let goesOn = false;
  setHandler(goOn, () => {
    goesOn = true;
  });
  await noop(id);
  await condition(() => goesOn);
}
