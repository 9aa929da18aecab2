/**
 * How long the page of Customer Portal Users takes to its first byte, and a change of its filter, over HTTP with a signed-in
 * session, beside a bare `select count(*)` in the same Postgres in the same rounds: `npm run bench:console`.
 * It starts a Postgres and an API of its own, and needs no Temporal.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { freePort } from '../embedded/ports.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { type ConsoleClient, consoleClient } from '../test/harness/console-client.ts';
import { insertManyPortalUsers } from '../test/harness/many-portal-users.ts';
import { insertOperator, insertPortal } from '../test/harness/rows.ts';

const ROWS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 40;
const WARM_UP_ROUNDS = 5;
const SCRIPTED = { 'hx-request': 'true', 'hx-target': 'list' };

const dataDir = mkdtempSync(join(tmpdir(), 'portal-invitations-bench-'));
await using started = new AsyncDisposableStack();
started.defer(() => rmSync(dataDir, { recursive: true, force: true }));

const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), port: await freePort(), password: 'bench' });
started.defer(() => postgres.stop());
const database = await openDatabase(postgres.url, { patient: true });
started.defer(() => database.close());
await migrate(database);
const portal = await insertPortal(database);
await insertManyPortalUsers(database.em.fork(), portal.id, ROWS);
const operator = await insertOperator(database, portal.slug);

const client = consoleClient(await startApi());
await client.signIn(operator.email);
const list = `/console/${portal.slug}/users`;
const { html } = await client.get(list);
const nextPage = /href="([^"]+)" rel="next"/.exec(html)![1]!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');

const measured: Record<string, () => Promise<unknown>> = {
  'select count(*)': () => database.em.fork().execute('select count(*) from portal_users'),
  'whole page': () => client.get(list),
  'next page': () => client.get(nextPage),
  'filter by status': () => part(client, '?status=not_confirmed'),
  'filter by link expiry': () => part(client, '?link=expired'),
  'filter by delivery': () => part(client, '?delivery=bounced'),
  'sort by name': () => part(client, '?sort=name'),
  'search that finds one': () => part(client, '?q=user777%40'),
  'search that finds all': () => part(client, '?q=example'),
};
const times = new Map(Object.keys(measured).map((name) => [name, [] as number[]]));
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
  for (const [name, run] of Object.entries(measured)) {
    const startedAt = performance.now();
    await run();
    if (round >= 0) times.get(name)!.push(performance.now() - startedAt);
  }
}

const anchor = quantile(times.get('select count(*)')!, 0.5);
console.log(`\n${ROWS} portal users, ${ROUNDS} rounds; × is the ratio of the medians to select count(*)`);
console.table(
  Object.fromEntries(
    [...times].map(([name, all]) => [
      name,
      {
        'p50 ms': quantile(all, 0.5).toFixed(1),
        'p90 ms': quantile(all, 0.9).toFixed(1),
        'max ms': Math.max(...all).toFixed(1),
        '×': (quantile(all, 0.5) / anchor).toFixed(2),
      },
    ]),
  ),
);

/** What a script of the page asks for when a filter changes. */
function part(of: ConsoleClient, query: string) {
  return of.get(list + query, SCRIPTED);
}

function quantile(all: number[], q: number): number {
  return all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))]!;
}

async function startApi(): Promise<string> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = spawn(process.execPath, ['api/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      PUBLIC_URL: url,
      DATABASE_URL: postgres.url,
      LINK_KEYS: `1:${Buffer.alloc(32, 1).toString('base64url')}`,
      LOG_LEVEL: 'warn',
    },
  });
  started.defer(async () => {
    api.kill('SIGTERM');
    await once(api, 'exit');
  });
  await once(api, 'message');
  return url;
}
