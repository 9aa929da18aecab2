/** Lives invitations over HTTP, as an application and the people it invites do. Asked for loads by its parent. */
import type { LoadResult } from '../load/lifecycle.ts';
import { type Load, runLoad } from '../load/run-load.ts';
import { answerAsks } from './answer-asks.ts';
import { listenToArrivals } from './arrivals.ts';
import { confirmInvited, inviteSomebody } from './invite-somebody.ts';
import { createTarget, type Target } from './target.ts';

export interface DriverOrder {
  target: Target;
  load: Load;
}

const arrivals = listenToArrivals(Number(process.env.SINK_ARRIVALS_PORT));

answerAsks<DriverOrder, LoadResult>(({ target, load }) => {
  const calls = createTarget(target);
  return runLoad(async () => {
    const invited = await inviteSomebody(calls, arrivals);
    return { ...invited.times, confirmedMs: await confirmInvited(calls, invited) };
  }, load);
});
