import type { ApiClient } from './api-client.ts';
import { PASSWORD, submitPassword } from './confirm.ts';
import { type ConsoleAnswer, type ConsoleClient, consoleClient } from './console-client.ts';
import { invite } from './invite.ts';
import type { Stage } from './stage.ts';

/** A portal user who has confirmed with PASSWORD and is signed in nowhere. */
export async function confirmed(stage: Stage, api: ApiClient, details: Record<string, unknown> = {}) {
  const user = await invite(stage, api, details);
  await submitPassword(user.link);
  return user;
}

/** Sends the portal's sign-in form from a browser. */
export function signInFrom(
  client: ConsoleClient,
  slug: string,
  email: string,
  password = PASSWORD,
  more: Record<string, string> = {},
): Promise<ConsoleAnswer> {
  return client.post(`/p/${slug}/sign-in`, { email, password, ...more });
}

/** A browser in which somebody has signed in. */
export async function signedInBrowser(stage: Stage, slug: string, email: string, password = PASSWORD) {
  const client = consoleClient(stage.url);
  const { status } = await signInFrom(client, slug, email, password);
  if (status !== 303) throw new Error(`Signing in at ${slug}: ${status}`);
  return { client, opens: async () => (await client.get(`/p/${slug}/account`)).status === 200 };
}
