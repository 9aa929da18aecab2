import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { freePort } from '../../embedded/ports.ts';
import { apiClient } from '../../test/harness/api-client.ts';
import { consoleClient } from '../../test/harness/console-client.ts';
import { insertOperator, insertPortal } from '../../test/harness/rows.ts';
import { startProcess } from '../processes/start-process.ts';

/** An empty portal behind an API of its own, with the headers of who may read it. */
export interface ServedPortal {
  id: string;
  /** Addresses of the list. */
  api: string;
  console: string;
  /** Of a call with the portal's API key, and of a browser in which its operator is signed in. */
  headers: { api: Record<string, string>; console: Record<string, string> };
}

/** Migrates the database, makes a portal with an operator and a key, and starts an API, which ends with `started`. */
export async function servePortal(started: AsyncDisposableStack, databaseUrl: string): Promise<ServedPortal> {
  const database = await openDatabase(databaseUrl, { patient: true });
  await using _closing = { [Symbol.asyncDispose]: () => database.close() };
  await migrate(database);
  const { id, slug } = await insertPortal(database);
  const operator = await insertOperator(database, slug);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminApiKey = randomBytes(32).toString('base64url');
  const api = await startProcess('api/main.ts', {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: url,
    DATABASE_URL: databaseUrl,
    API_RATE_LIMIT: '1000000000', // the load is meant
    ADMIN_API_KEY: adminApiKey,
    LINK_KEYS: `1:${randomBytes(32).toString('base64url')}`,
  });
  started.defer(() => api.stop());

  const { body } = await apiClient(url, adminApiKey)
    .post(`/v1/portals/${slug}/api-keys`, { name: 'bench' })
    .expecting(201);
  const browser = consoleClient(url);
  await browser.signIn(operator.email);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    id,
    api: `${url}/v1/portals/${slug}/users`,
    console: `${url}/console/${slug}/users`,
    headers: { api: { authorization: `Bearer ${body.key}` }, console: { cookie, accept: 'text/html' } },
  };
}
