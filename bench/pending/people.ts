/** People who are invited and confirm later, or much later. Asked by its parent for more of them, and for what one more of them feels. */
import type { LoadResult } from '../load/lifecycle.ts';
import { type Load, runLoad } from '../load/run-load.ts';
import { answerAsks } from '../processes/answer-asks.ts';
import { now } from '../processes/arrival.ts';
import { listenToArrivals } from '../processes/arrivals.ts';
import { confirmInvited, type Invited, inviteSomebody } from '../processes/invite-somebody.ts';
import { createTarget, type Target } from '../processes/target.ts';

/** Who confirms when one more was invited: that very one, or whoever was invited first and is pending since. */
export type Confirming = 'newest' | 'oldest';

export type PeopleOrder = { target: Target } & (
  | { task: 'invite'; count: number; atATime: number }
  | { task: 'live'; confirming: Confirming; load: Load }
);

/** What inviting many took. */
export interface Filled {
  seconds: number;
}

const arrivals = listenToArrivals(Number(process.env.SINK_ARRIVALS_PORT));
const pending: Invited[] = [];

answerAsks<PeopleOrder, LoadResult | Filled>(async (order) => {
  const calls = createTarget(order.target);
  const inviteOne = async () => {
    const invited = await inviteSomebody(calls, arrivals);
    pending.push(invited);
    return invited.times;
  };
  if (order.task === 'invite') return fill(inviteOne, order);

  return runLoad(async () => {
    const times = await inviteOne();
    const confirming = (order.confirming === 'oldest' ? pending.shift() : pending.pop())!;
    return { ...times, confirmedMs: await confirmInvited(calls, confirming) };
  }, order.load);
});

/** Invites as many, some at a time, each until its e-mail is at the sink. @throws the first failure */
async function fill(
  inviteOne: () => Promise<unknown>,
  { count, atATime }: { count: number; atATime: number },
): Promise<Filled> {
  const startedAt = now();
  let left = count;
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (left > 0) {
        left -= 1;
        await inviteOne();
      }
    }),
  );
  return { seconds: (now() - startedAt) / 1000 };
}
