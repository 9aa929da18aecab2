import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { postgresOptions } from '../../configuration/postgres-options.ts';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { freePort } from '../../embedded/ports.ts';
import { type RunningPostgres, startPostgres } from '../../embedded/postgres.ts';
import { createPortalUserChanges } from '../../web/portal-user-changes.ts';
import { type Program, runNode } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';
import { TEST_LINK_KEYS, TEST_MAIL_FROM } from '../harness/test-worker.ts';

const certificates = fileURLToPath(new URL('../harness/certificates/', import.meta.url));
const AUTHORITY = join(certificates, 'authority.pem');
const OTHER_AUTHORITY = join(certificates, 'other-authority.pem');
const CLIENT = { sslcert: join(certificates, 'client.pem'), sslkey: join(certificates, 'client-key.pem') };

let folder: string;
let postgres: RunningPostgres;
/** A Postgres with a certificate for `localhost`, which takes connections with and without TLS. */
const encrypted = (parameters: Record<string, string>, host = 'localhost') => {
  const url = new URL(postgres.url);
  url.hostname = host;
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
};
/** The Postgres of all tests, which has no TLS. */
const clear = (parameters: Record<string, string>) => {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.search = new URLSearchParams(parameters).toString();
  return url.href;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'database-url-'));
  const dataDir = join(folder, 'postgres');
  postgres = await startPostgres({ dataDir, port: await freePort(), password: 'p@ss word', fast: true });
  const { uid, gid } = statSync(dataDir);
  for (const name of ['server.pem', 'server-key.pem', 'authority.pem']) {
    copyFileSync(join(certificates, name), join(dataDir, name));
    chmodSync(join(dataDir, name), 0o600); // PostgreSQL refuses a key that others can read
    chownSync(join(dataDir, name), uid, gid);
  }
  await using database = await openDatabase(postgres.url, { patient: true });
  const em = database.em.fork();
  const settings = {
    ssl_cert_file: 'server.pem',
    ssl_key_file: 'server-key.pem',
    ssl_ca_file: 'authority.pem',
    ssl: 'on',
  };
  for (const [name, value] of Object.entries(settings)) await em.execute(`alter system set ${name} = '${value}'`);
  await em.execute('select pg_reload_conf()');
  await eventually(() => how(encrypted({ sslmode: 'require' })).catch(() => false), 'TLS');
  await migrate(database);
});

afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How the pool is connected, as the server sees it. */
async function how(url: string) {
  await using database = await openDatabase(url);
  const pool: Pool = await database.em.getConnection().getNativeClient();
  const { rows } = await pool.query(
    'select ssl, client_dn as client, application_name as name from pg_stat_ssl join pg_stat_activity using (pid) where pid = pg_backend_pid()',
  );
  return rows[0];
}

/** Whether every connection that listens for changes is encrypted, as the server sees it. */
async function listening(url: string): Promise<boolean> {
  const lines: string[] = [];
  const changes = createPortalUserChanges(url, pino({}, { write: (line) => void lines.push(line) }));
  changes.subscribe('portal', Date.now(), { changed() {}, missed() {}, closed() {} });
  await using database = await openDatabase(postgres.url);
  const rows = await eventually(async () => {
    if (lines.length > 0) throw new Error(lines[0]);
    const found = await database.em
      .fork()
      .execute<{ ssl: boolean }[]>(
        `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where query like 'listen %'`,
      );
    return found.length > 0 ? found : undefined;
  }, 'a connection that listens').finally(() => changes.close());
  return rows.every(({ ssl }) => ssl);
}

test('sslmode says whether the connections are encrypted: those of the pool, and the one that listens', async () => {
  expect(await how(encrypted({}))).toMatchObject({ ssl: false });
  expect(await how(encrypted({ sslmode: 'disable' }))).toMatchObject({ ssl: false });
  expect(await listening(encrypted({ sslmode: 'disable' }))).toBe(false);
  const verified = { sslrootcert: AUTHORITY };
  for (const parameters of [
    { sslmode: 'require' },
    { sslmode: 'verify-ca', ...verified },
    { sslmode: 'verify-full', ...verified },
  ]) {
    expect(await how(encrypted(parameters))).toMatchObject({ ssl: true, client: null });
    expect(await listening(encrypted(parameters))).toBe(true);
  }
});

test('a certificate of our own, a name for the application and options reach the server', async () => {
  const parameters = {
    sslmode: 'verify-full',
    sslrootcert: AUTHORITY,
    ...CLIENT,
    application_name: 'here',
    options: '-c work_mem=5MB',
  };
  expect(await how(encrypted(parameters))).toEqual({ ssl: true, client: '/CN=client', name: 'here' });
  await using database = await openDatabase(encrypted(parameters));
  expect(await database.em.fork().execute('show work_mem')).toEqual([{ work_mem: '5MB' }]);
});

test.each([
  ['verify-full', 'another authority', { sslrootcert: OTHER_AUTHORITY }, 'localhost', /unable to verify|self-signed/],
  ['verify-ca', 'another authority', { sslrootcert: OTHER_AUTHORITY }, 'localhost', /unable to verify|self-signed/],
  ['verify-full', 'no authority that we know', {}, 'localhost', /unable to verify|self-signed/],
  ['verify-full', 'another name', { sslrootcert: AUTHORITY }, '127.0.0.1', /127\.0\.0\.1 is not in the cert/],
])(
  'with sslmode=%s a certificate of %s is refused, by the pool and by the connection that listens',
  async (sslmode, _whose, more, host, words) => {
    const url = encrypted({ sslmode, ...more }, host);
    const lines: string[] = [];
    await using database = await openDatabase(url, { log: (line) => lines.push(line) });
    await expect(database.em.fork().execute('select 1')).rejects.toThrow(words);
    expect(lines.filter((line) => !line.startsWith('[info]'))).toEqual([expect.stringMatching(words)]);
    await expect(listening(url)).rejects.toThrow(words);
  },
);

test('with sslmode=verify-ca a certificate for another name will do', async () => {
  expect(await how(encrypted({ sslmode: 'verify-ca', sslrootcert: AUTHORITY }, '127.0.0.1'))).toMatchObject({
    ssl: true,
  });
});

const SCRIPTS = ['db/migrate-main.ts', 'api/main.ts', 'worker/main.ts'];
const run = (script: string, env: NodeJS.ProcessEnv): Program => {
  const quiet = { NODE_OPTIONS: '', PORT: '0', HOST: '127.0.0.1', TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS };
  const own = {
    PUBLIC_URL: 'http://localhost:3000',
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: TEST_MAIL_FROM,
    LINK_KEYS: TEST_LINK_KEYS,
  };
  return runNode([script], { env: { ...quiet, ...own, ...env } });
};

test.each(SCRIPTS)('%s refuses to start with a parameter that it could not obey, in one line', async (script) => {
  const DATABASE_URL = encrypted({ sslmode: 'verify-full', sslrootcert: '/nonexistent.pem' });
  const program = run(script, { DATABASE_URL });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toBe(
    'Configuration (see README.md):\n  DATABASE_URL: sslrootcert cannot be read (ENOENT)\n',
  );
});

test.each(SCRIPTS)(
  '%s connects to no server without TLS where DATABASE_URL demands it, and says why',
  async (script) => {
    const program = run(script, { DATABASE_URL: clear({ sslmode: 'require' }) });
    await eventually(
      () => /The server does not support SSL connections/.test(program.stdout() + program.stderr()),
      'the reason',
    );
    if (script.startsWith('db/')) expect(await program.ended).toBe(1);
    else program.child.kill('SIGKILL');
    expect(program.stdout() + program.stderr()).not.toContain('p@ss');
  },
);

test.each([
  [{ sslmode: 'prefer' }, 'sslmode must be one of disable, require, verify-ca, verify-full'],
  [{ sslmode: 'verify-ca' }, 'sslmode=verify-ca needs sslrootcert'],
  [{ sslmode: 'require', sslrootcert: 'system' }, 'sslrootcert=system needs sslmode=verify-full'],
  [{ sslmode: 'require', sslrootcert: CLIENT.sslkey }, 'sslrootcert holds no certificate in PEM format'],
  [{ sslmode: 'require', sslcert: CLIENT.sslcert }, 'sslcert and sslkey need each other'],
  [
    { sslmode: 'require', ...CLIENT, sslkey: join(certificates, 'server-key.pem') },
    'sslcert and sslkey cannot be used',
  ],
  [{ sslrootcert: AUTHORITY }, 'sslrootcert has no effect without sslmode'],
  [{ sslmode: 'require', sslnegotiation: 'fast' }, 'sslnegotiation must be postgres or direct'],
  [{ connect_timeout: '3' }, 'the parameter connect_timeout is not supported'],
  [{ target_session_attrs: 'read-write' }, 'the parameter target_session_attrs is not supported'],
  [{ channel_binding: 'require' }, 'the parameter channel_binding is not supported'],
  [{ 'p@ss word': 'x' }, 'the parameter with an unusual name is not supported'],
  [{ host: '/tmp' }, 'names its host twice'],
  [{ options: '-c statement_timeout=60000' }, 'statement_timeout in options is not supported'],
])('%j is refused by name', (parameters, message) => {
  const url = `postgres://user@localhost/x?${new URLSearchParams(parameters as Record<string, string>)}`;
  expect(() => postgresOptions(url)).toThrow(message);
});

test.each([
  ['postgres://a.example,b.example/x', 'must name one host'],
  ['postgres://u:p@a.example:1,b.example:2/x', 'must name one host'],
  ['postgres://u:secret#1@db.example/x', 'must be like postgres://'],
  ['postgres://u:secret%zz@db.example/x', 'must be like postgres://'],
  ['postgres://u:secret@db.example', 'must name a database'],
  ['mysql://u:secret@db.example/x', 'must be like postgres://'],
  ['postgres://db.example/x?sslmode=require&sslmode=disable', 'the parameter sslmode is there twice'],
])('%s is refused without being quoted', (url, message) => {
  expect(() => postgresOptions(url)).toThrow(message);
  expect(() => postgresOptions(url)).not.toThrow(/secret/);
});

test("libpq's variables count where DATABASE_URL says nothing, in their own sense", () => {
  const url = 'postgres://u@db.example/x';
  const environment = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/nonexistent.pem' };
  expect(() => postgresOptions(url, environment)).toThrow('sslrootcert cannot be read');
  expect(postgresOptions(`${url}?sslmode=disable`, environment).ssl).toBe(false);
  expect(postgresOptions(url, { PGSSLMODE: 'require' }).ssl).toMatchObject({ rejectUnauthorized: false });
});
