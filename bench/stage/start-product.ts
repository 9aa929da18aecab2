import { randomBytes } from 'node:crypto';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { freePort } from '../../embedded/ports.ts';
import { type Process, startProcess } from '../processes/start-process.ts';
import type { Servers } from './open-servers.ts';

export interface Product {
  apis: Process[];
  workers: Process[];
  urls: string[];
  /** A portal whose users confirm with a password, and one whose users confirm by their address. */
  portals: { withPassword: Portal; withAddress: Portal };
}

export interface Portal {
  portal: string;
  apiKey: string;
}

export interface ProductOptions {
  smtpUrl: string;
  apis?: number;
  workers?: number;
}

/** Starts the product's own processes on the servers, as they are run everywhere; they end with `started`. */
export async function startProduct(
  started: AsyncDisposableStack,
  servers: Servers,
  { smtpUrl, apis = 1, workers = 1 }: ProductOptions,
): Promise<Product> {
  const database = await openDatabase(servers.databaseUrl, { patient: true });
  await migrate(database).finally(() => database.close());
  const ports = await Promise.all(Array.from({ length: apis }, freePort));
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const adminApiKey = randomBytes(32).toString('base64url');
  const env = {
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    SMTP_URL: smtpUrl,
    MAIL_FROM: 'invitations@example.com',
    PUBLIC_URL: urls[0],
    API_RATE_LIMIT: '1000000000', // the load is meant
    ADMIN_API_KEY: adminApiKey,
    LINK_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    HOST: '127.0.0.1',
  };
  const start = async (path: string, port?: number) => {
    const process = await startProcess(path, { ...env, ...(port && { PORT: String(port) }) });
    started.defer(() => process.stop());
    return process;
  };
  const workerProcesses = await Promise.all(Array.from({ length: workers }, () => start('worker/main.ts')));
  const apiProcesses = await Promise.all(ports.map((port) => start('api/main.ts', port)));

  const call = administrator(urls[0]!, adminApiKey);
  const [withPassword, withAddress] = await Promise.all([
    openPortal(call, { slug: 'with-password', name: 'With a password' }),
    openPortal(call, {
      slug: 'with-address',
      name: 'With a site of its own',
      afterConfirmingUrls: ['https://help.example.com/'],
      hasOwnSite: true,
    }),
  ]);
  return { apis: apiProcesses, workers: workerProcesses, urls, portals: { withPassword, withAddress } };
}

type Call = (path: string, body: unknown) => Promise<Record<string, string>>;

function administrator(url: string, key: string): Call {
  return async (path, body) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, string>;
  };
}

async function openPortal(call: Call, portal: { slug: string; [setting: string]: unknown }): Promise<Portal> {
  await call('/v1/portals', portal);
  const { key } = await call(`/v1/portals/${portal.slug}/api-keys`, { name: 'bench' });
  return { portal: portal.slug, apiKey: key! };
}
