import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

interface Ids {
  uid: number;
  gid: number;
}

/** Who runs the Postgres programs. */
export interface PostgresAccount {
  /** Who must own their files; absent when that is ourselves. */
  owner?: Ids;
  /** Makes one of their commands a command of this account, ready for `spawn`. */
  as(command: string, args: readonly string[]): { command: string; args: string[] } & Partial<Ids>;
}

const USER = 'postgres';
/** Linux capabilities that let a process pass folders closed to it, the weaker first, with their bit numbers. */
const PASSING_CAPABILITIES = [
  { name: 'dac_read_search', bit: 2n },
  { name: 'dac_override', bit: 1n },
] as const;

/**
 * The account Postgres programs run under. As root that is the user `postgres`, created when missing; where it cannot
 * reach the paths given (a clone below /root), it gets the one capability that lets it pass, if the system has it to give.
 * (`no_setuid_fixup`: access(2), by which Postgres looks for its own programs, else disregards capabilities.)
 * Throws a one-line Error that says what to do when there is no way. Safe to repeat.
 */
export function postgresAccount(paths: readonly string[]): PostgresAccount {
  if (userInfo().uid !== 0) return { as: (command, args) => ({ command, args: [...args] }) };
  const owner = existingUser() ?? createUser();
  const plain: PostgresAccount = { owner, as: (command, args) => ({ command, args: [...args], ...owner }) };
  if (reaches(plain, paths)) return plain;
  const passing = passingAccount(owner);
  if (passing && reaches(passing, paths)) return passing;
  throw new Error(
    `Postgres cannot run as root, and its user "${USER}" cannot reach ${paths[0]}: ` +
      'move the project to a folder everyone may enter, run it as an ordinary user, or set DATABASE_URL.',
  );
}

function passingAccount(owner: Ids): PostgresAccount | undefined {
  const capability = PASSING_CAPABILITIES.find(({ bit }) => (effectiveCapabilities() >> bit) & 1n)?.name;
  if (!capability) return undefined;
  const identity = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
  const grant = ['--securebits=+no_setuid_fixup', `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
  const as: PostgresAccount['as'] = (command, args) => ({
    command: 'setpriv',
    args: [...identity, ...grant, '--', command, ...args],
  });
  return { owner, as };
}

function existingUser(): Ids | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, USER], { encoding: 'utf8' }));
  if (uid?.status !== 0 || gid?.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function createUser(): Ids {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER]);
  } catch {
    throw new Error(`Postgres cannot run as root, and a user "${USER}" could not be created: run as an ordinary user.`);
  }
  return existingUser()!;
}

function reaches(account: PostgresAccount, paths: readonly string[]): boolean {
  const script = 'for path; do test -x "$path" || exit 1; done';
  const { command, args, ...identity } = account.as('/bin/sh', ['-c', script, 'reaches', ...paths]);
  return spawnSync(command, args, { ...identity, cwd: '/', stdio: 'ignore' }).status === 0;
}

function effectiveCapabilities(): bigint {
  try {
    const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return BigInt(`0x${mask ?? '0'}`);
  } catch {
    return 0n; // not Linux
  }
}
