import type { ConsoleAnswer } from './console-client.ts';
import { consoleClient } from './console-client.ts';
import { OPERATOR_PASSWORD } from './rows.ts';
import type { Stage } from './stage.ts';

/** The path of the link in the n-th e-mail to an operator that has one of this kind. */
export async function operatorLink(
  { sink }: Pick<Stage, 'sink'>,
  email: string,
  kind: 'invitation' | 'new-password',
  n = 1,
): Promise<string> {
  const { text } = await sink.mailTo(email, n);
  const link = new RegExp(`^http\\S+/console/sign-in/${kind}/\\S+$`, 'm').exec(text!);
  if (link === null) throw new Error(`No ${kind} link in e-mail ${n} to ${email}:\n${text}`);
  return new URL(link[0]).pathname;
}

/** Accepts the invitation in somebody's n-th e-mail, as their browser does: choosing a password, or typing their own. */
export async function acceptInvitation(
  stage: Stage,
  email: string,
  { password = OPERATOR_PASSWORD, n = 1 }: { password?: string; n?: number } = {},
): Promise<ConsoleAnswer> {
  const path = await operatorLink(stage, email, 'invitation', n);
  return consoleClient(stage.url).post(path, { password, passwordAgain: password, currentPassword: password });
}

/** Lets the next e-mail to an operator of a portal be sent at once: the cool-down counts these events. */
export async function endCooldown({ db }: Pick<Stage, 'db'>): Promise<void> {
  await db.database.em
    .fork()
    .execute(
      `update events set occurred_at = occurred_at - interval '2 minutes' where type in ('operator_added', 'operator_re_invited')`,
    );
}
