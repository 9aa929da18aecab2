import { type ConsoleClient, consoleClient } from './console-client.ts';

/** Another browser with the cookies that this one has now: a thief's, or one that was restored from a backup. */
export function copyOf(url: string, { cookies }: ConsoleClient): ConsoleClient {
  const copy = consoleClient(url);
  for (const [name, value] of cookies) copy.cookies.set(name, value);
  return copy;
}
