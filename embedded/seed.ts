import { setTimeout as sleep } from 'node:timers/promises';

/** Enough for an API that has just started on a busy machine. */
const ANSWER_LIMIT_MS = 15_000;

const DEMO_PORTAL = { slug: 'demo', name: 'Acme Help Center' };
/** How often it is looked whether the API has made the operator of the demo portal. */
const LOOK_AGAIN_AFTER_MS = 100;
/** The first operator, who signs in to the console, unless the environment names another one. */
export const DEMO_OPERATOR_EMAIL = 'demo@example.com';

export interface SeedOptions {
  /** Where the API answers. */
  origin: string;
  adminApiKey: string;
  /** The key of an earlier seeding; kept when it still opens the portal. */
  demoApiKey?: string | undefined;
  signal: AbortSignal;
}

/**
 * Makes sure that the demo portal exists, through the public API, and returns an API key for it: the one given when it still
 * works, else a new one. Waits until it has an operator: the API makes the one that the environment names. Safe to repeat, also
 * after a crash at any line: at worst a key that nobody knows is left over.
 * Throws a one-line Error when the API refuses.
 */
export async function seedDemoPortal(options: SeedOptions): Promise<string> {
  const { origin, adminApiKey, demoApiKey, signal } = options;
  const call = (key: string, method: string, path: string, body?: object) =>
    fetch(`${origin}/v1/portals${path}`, {
      method,
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_LIMIT_MS)]),
    });

  const portal = await call(adminApiKey, 'GET', '/demo');
  if (portal.status === 404) await expectCreated(await call(adminApiKey, 'POST', '', DEMO_PORTAL));
  else if (!portal.ok) throw refusal(portal);
  while (!(await hasOperator(await call(adminApiKey, 'GET', '/demo/operators')))) {
    await sleep(LOOK_AGAIN_AFTER_MS, undefined, { signal });
  }
  if (demoApiKey && (await call(demoApiKey, 'GET', '/demo')).ok) return demoApiKey;
  const created = await expectCreated(await call(adminApiKey, 'POST', '/demo/api-keys', { name: 'demo' }));
  return ((await created.json()) as { key: string }).key;
}

async function hasOperator(response: Response): Promise<boolean> {
  if (!response.ok) throw refusal(response);
  return ((await response.json()) as { data: unknown[] }).data.length > 0;
}

async function expectCreated(response: Response): Promise<Response> {
  if (response.status !== 201) throw refusal(response);
  return response;
}

function refusal({ status, url }: Response): Error {
  return new Error(`The demo portal could not be set up: ${new URL(url).pathname} answered ${status}.`);
}
