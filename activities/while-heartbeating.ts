import { heartbeat } from '@temporalio/activity';

/** Several within the heartbeat timeout of every activity that uses it. */
const INTERVAL_MS = 3_000;

/** Tells Temporal, as long as `work` takes, that this worker is alive. */
export async function whileHeartbeating<T>(work: () => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
