import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../db/database.ts';
import { freePort } from '../../embedded/ports.ts';
import { startPostgres } from '../../embedded/postgres.ts';
import { postgresAccount } from '../../embedded/postgres-account.ts';
import { postgresPrograms } from '../../embedded/postgres-cluster.ts';
import { readLock } from '../../embedded/postgres-lock.ts';
import { isRunning, newFolder } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';

const dataDir = join(newFolder(), 'postgres');
const said: string[] = [];
const unguarded: number[] = [];
afterAll(() => {
  for (const pid of unguarded) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
});
const start = async () =>
  startPostgres({
    dataDir,
    port: await freePort(),
    password: 'p@ss word',
    fast: true,
    onEvent: (line) => said.push(line),
  });

test('the embedded Postgres comes back with its data after kill -9', async () => {
  const postgres = await start();
  await query(postgres.url, 'CREATE TABLE kept (word text)');
  await query(postgres.url, "INSERT INTO kept VALUES ('here')");

  const firstLife = serverPid();
  process.kill(firstLife, 'SIGKILL');
  const rows = await eventually(() => query(postgres.url, 'SELECT word FROM kept').catch(() => false), 'its answer');
  expect(rows).toEqual([{ word: 'here' }]);
  const secondLife = serverPid();
  expect(secondLife).not.toBe(firstLife);
  await eventually(() => said.length === 2, 'word that it is back');
  expect(said).toEqual([expect.stringMatching(/^Postgres stopped by itself/), 'Postgres is running again']);

  await postgres.stop();
  await postgres.stop();
  expect(isRunning(secondLife)).toBe(false);
});

test('the log of a failed statement has none of its values', async () => {
  const postgres = await start();
  await query(postgres.url, 'CREATE TABLE people (email text UNIQUE)');
  const insert = "INSERT INTO people VALUES ('jane@example.com')";
  await query(postgres.url, insert);
  await expect(query(postgres.url, insert)).rejects.toThrow('people_email_key');
  await postgres.stop();
  const log = readFileSync(join(dataDir, '..', 'postgres.log'), 'utf8');
  expect(log).toContain('violates unique constraint "people_email_key"');
  expect(log).not.toContain('jane@example.com');
});

test('a Postgres left over on the same folder is stopped first', async () => {
  const leftover = await startUnguarded([
    '-D',
    dataDir,
    '-p',
    String(await freePort()),
    '-c',
    'unix_socket_directories=',
  ]);
  await eventually(() => readLock(dataDir)?.ready, 'the leftover');
  const postgres = await start();
  expect(isRunning(leftover)).toBe(false);
  expect(await query(postgres.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  await postgres.stop();
});

test('a lock whose process number another program has by now does not block the start', async () => {
  const postgres = await start();
  const lock = lockLines();
  await postgres.stop();
  const other = await startUnguarded(['--sleep']);
  writeFileSync(join(dataDir, 'postmaster.pid'), [other, ...lock.slice(1)].join('\n'));

  const again = await start();
  expect(isRunning(other)).toBe(true);
  expect(await query(again.url, 'SELECT word FROM kept')).toEqual([{ word: 'here' }]);
  await again.stop();
});

/** Runs Postgres, or a program that only sleeps, under Postgres's account and without anybody who looks after it. */
async function startUnguarded(args: string[]): Promise<number> {
  const { postgres } = await postgresPrograms();
  const account = postgresAccount([postgres, join(dataDir, '..')]);
  const {
    command,
    args: argv,
    ...identity
  } = args[0] === '--sleep' ? account.as('/bin/sleep', ['1000']) : account.as(postgres, args);
  const { pid } = spawn(command, argv, { ...identity, cwd: '/', detached: true, stdio: 'ignore' });
  unguarded.push(pid!);
  return pid!;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const database = await openDatabase(url);
  try {
    return await database.em.getConnection().execute(sql);
  } finally {
    await database.close();
  }
}

function serverPid(): number {
  return Number(lockLines()[0]);
}

function lockLines(): string[] {
  return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
}
