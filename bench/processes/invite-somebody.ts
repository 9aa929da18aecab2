import { now } from './arrival.ts';
import type { Arrivals } from './arrivals.ts';
import type { Calls } from './target.ts';

/** Somebody who was invited, and what they need to confirm. */
export interface Invited {
  email: string;
  token: string;
  /** As a lifecycle has them. */
  times: { acceptedMs: number; mailedMs: number };
}

let invited = 0;

/** Invites somebody whom nobody has invited before, and waits for their e-mail. @throws Error where either fails */
export async function inviteSomebody({ invite }: Calls, arrivals: Arrivals): Promise<Invited> {
  invited += 1;
  const email = `u${process.pid}-${invited}@example.com`;
  const mail = arrivals.next(email);
  mail.catch(() => {}); // it is awaited below, but where inviting fails
  const startedAt = now();
  await invite(email, `User ${invited}`);
  const acceptedMs = now() - startedAt;
  const { at, token } = await mail;
  return { email, token, times: { acceptedMs, mailedMs: at - startedAt } };
}

/** Confirms who was invited. @returns how long that took, in milliseconds @throws Error where it fails */
export async function confirmInvited({ confirm }: Calls, { email, token }: Invited): Promise<number> {
  const startedAt = now();
  await confirm(token, email);
  return now() - startedAt;
}
