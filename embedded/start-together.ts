import type { SupervisedProcess } from './supervised-process.ts';

/** Starts one process; gives up when the signal fires. */
type Start<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Starts several processes at once; those not wanted are undefined. All or none: when one does not start, or `signal` fires,
 * the others are given up or stopped, and the first failure is thrown.
 */
export async function startTogether<T extends Record<string, SupervisedProcess>>(
  signal: AbortSignal,
  starts: { [K in keyof T]: Start<T[K]> | undefined },
): Promise<{ [K in keyof T]: T[K] | undefined }> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    Object.entries(starts).map(async ([name, start]) => {
      try {
        return [name, await start?.(either)] as const;
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  const started = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
  if (started.length === outcomes.length) return Object.fromEntries(started) as { [K in keyof T]: T[K] | undefined };
  await Promise.all(started.map(([, running]) => running?.stop()));
  throw failed.signal.reason;
}
