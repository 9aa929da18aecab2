import type { Worker } from '@temporalio/worker';

/** Runs workers until all of them have stopped; one that fails stops the others. @throws the first failure */
export async function runWorkers(workers: Worker[]): Promise<void> {
  const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(() => stopWorkers(workers))));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Lets workers finish what they do and take no more. @idempotent */
export function stopWorkers(workers: Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}
