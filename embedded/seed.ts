/** Enough for an API that has just started on a busy machine. */
const ANSWER_LIMIT_MS = 15_000;

const DEMO_PORTAL = { slug: 'demo', name: 'Acme Help Center' };
/** Who signs in to the console of the demo portal. */
export const DEMO_OPERATOR = { email: 'demo@example.com', name: 'Demo Operator', role: 'owner' };

export interface SeedOptions {
  /** Where the API answers. */
  origin: string;
  adminApiKey: string;
  /** The key of an earlier seeding; kept when it still opens the portal. */
  demoApiKey?: string | undefined;
  demoOperatorPassword: string;
  signal: AbortSignal;
}

/**
 * Makes sure that the demo portal and its operator exist, through the public API, and returns an API key for it: the one given
 * when it still works, else a new one. An operator who is there keeps their password. Safe to repeat, also after a crash at any line: at worst a key that nobody knows is left over.
 * Throws a one-line Error when the API refuses.
 */
export async function seedDemoPortal(options: SeedOptions): Promise<string> {
  const { origin, adminApiKey, demoApiKey, demoOperatorPassword, signal } = options;
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
  const operator = await call(adminApiKey, 'POST', '/demo/operators', {
    ...DEMO_OPERATOR,
    password: demoOperatorPassword,
  });
  if (operator.status !== 409) await expectCreated(operator);
  if (demoApiKey && (await call(demoApiKey, 'GET', '/demo')).ok) return demoApiKey;
  const created = await expectCreated(await call(adminApiKey, 'POST', '/demo/api-keys', { name: 'demo' }));
  return ((await created.json()) as { key: string }).key;
}

async function expectCreated(response: Response): Promise<Response> {
  if (response.status !== 201) throw refusal(response);
  return response;
}

function refusal({ status, url }: Response): Error {
  return new Error(`The demo portal could not be set up: ${new URL(url).pathname} answered ${status}.`);
}
