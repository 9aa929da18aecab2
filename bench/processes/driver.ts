/** Lives invitations over HTTP, as an application and the people it invites do. Asked for loads by its parent. */
import type { LoadResult } from '../load/lifecycle.ts';
import { type Load, runLoad } from '../load/run-load.ts';
import { answerAsks } from './answer-asks.ts';
import { now } from './arrival.ts';
import { listenToArrivals } from './arrivals.ts';
import { createTarget, type Target } from './target.ts';

export interface DriverOrder {
  target: Target;
  load: Load;
}

const arrivals = listenToArrivals(Number(process.env.SINK_ARRIVALS_PORT));
let invited = 0;

answerAsks<DriverOrder, LoadResult>(({ target, load }) => {
  const { invite, confirm } = createTarget(target);
  return runLoad(async () => {
    invited += 1;
    const email = `u${process.pid}-${invited}@example.com`;
    const mail = arrivals.next(email);
    mail.catch(() => {}); // it is awaited below, but where inviting fails
    const startedAt = now();
    await invite(email, `User ${invited}`);
    const acceptedAt = now();
    const { at, token } = await mail;
    const confirmedFrom = now();
    await confirm(token, email);
    return { acceptedMs: acceptedAt - startedAt, mailedMs: at - startedAt, confirmedMs: now() - confirmedFrom };
  }, load);
});
