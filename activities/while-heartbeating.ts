import { cancellationSignal, heartbeat } from '@temporalio/activity';

/** Several within the heartbeat timeout of every activity that uses it. */
const INTERVAL_MS = 3_000;

/** Tells Temporal, as long as `work` takes, that this worker is alive. The signal fires when it is to stop. */
export async function whileHeartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, INTERVAL_MS);
  try {
    return await work(cancellationSignal());
  } finally {
    clearInterval(beating);
  }
}
