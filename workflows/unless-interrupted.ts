import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

/**
 * Does `work` until it is done or `interrupted` turns true. Interrupted work is cancelled and its end awaited, however it
 * ends, so that nothing of it happens later.
 */
export async function unlessInterrupted<T>(
  interrupted: () => boolean,
  work: () => Promise<T>,
): Promise<T | 'interrupted'> {
  const working = new CancellationScope();
  const watching = new CancellationScope(); // so that the condition does not outlive us
  const interruption = watching.run(() => condition(interrupted)).catch(ignoreCancellation);
  const result = working.run(work);
  try {
    await Promise.race([result, interruption]);
    if (interrupted()) working.cancel();
    return await result;
  } catch (error) {
    // An activity that was asked to stop may fail in its own way; whatever is wrong for good comes up again at the next step.
    if (interrupted()) return 'interrupted';
    throw error;
  } finally {
    watching.cancel();
  }
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
