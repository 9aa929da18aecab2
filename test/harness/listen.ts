import type { ConsoleClient } from './console-client.ts';

/** Listens to a portal's changes, as the page's script does. */
export async function listen(url: string, client: ConsoleClient, slug: string, headers: Record<string, string> = {}) {
  const closing = new AbortController();
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(`${url}/console/${slug}/users/live?since=${Date.now()}`, {
    headers: { cookie, accept: 'text/event-stream', ...headers },
    signal: closing.signal,
    redirect: 'manual',
  });
  const told = { text: '', ended: false };
  const reading = (async () => {
    for await (const chunk of response.body!) told.text += Buffer.from(chunk).toString();
    told.ended = true;
  })().catch(() => {});
  async function close() {
    closing.abort();
    await reading;
  }
  return { response, told, close };
}
