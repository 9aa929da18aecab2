import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { PlainActivities } from './worker.ts';

const { sendInvite, markConfirmed } = proxyActivities<PlainActivities>({ startToCloseTimeout: '1 minute' });

export const confirm = defineSignal('confirm');

/** An invitation as one writes it in an afternoon: send, wait, mark. */
export async function plain(id: string): Promise<void> {
  let confirmed = false;
  setHandler(confirm, () => {
    confirmed = true;
  });
  await sendInvite(id);
  await condition(() => confirmed);
  await markConfirmed(id);
}
