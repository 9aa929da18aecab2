import { type ClosedLoop, closedLoop } from './closed-loop.ts';
import type { Lifecycle, LoadResult } from './lifecycle.ts';
import { type OpenLoop, openLoop } from './open-loop.ts';

/** A load that a driver process is asked for. */
export type Load = ({ loop: 'closed' } & ClosedLoop) | ({ loop: 'open' } & OpenLoop);

/** Runs a load on whatever lives one lifecycle per call. */
export function runLoad(live: () => Promise<Lifecycle>, load: Load): Promise<LoadResult> {
  return load.loop === 'closed' ? closedLoop(live, load) : openLoop(live, load);
}
