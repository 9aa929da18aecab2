import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';

/**
 * Does `work` until it is done or `interrupted` turns true; what it was waiting for is then cancelled and its end
 * awaited, so that nothing of it happens later. Work that completed all the same keeps its result.
 */
export async function unlessInterrupted<T>(
  interrupted: () => boolean,
  work: () => Promise<T>,
): Promise<T | 'interrupted'> {
  const watching = new CancellationScope();
  const working = new CancellationScope();
  const interruption = watching.run(() => condition(interrupted)).catch(ignoreCancellation);
  const result = working.run(work);
  try {
    await Promise.race([result, interruption]);
    if (interrupted()) working.cancel();
    return await result;
  } catch (error) {
    if (isCancellation(error) && interrupted()) return 'interrupted';
    throw error;
  } finally {
    watching.cancel();
  }
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
