import { type ChildProcess, spawn } from 'node:child_process';

export interface LeashedCommand {
  command: string;
  args: readonly string[];
  /** What asks this program to stop in order. */
  stopSignal: NodeJS.Signals;
  /** File descriptor that takes stdout and stderr; `'ignore'` drops them. */
  output: number | 'ignore';
  env?: NodeJS.ProcessEnv;
  /** Where to write the program's own process number; the child's is the leash's. */
  pidFile?: string | undefined;
  cwd?: string;
  uid?: number;
  gid?: number;
}

/** A program that will not stop when asked is killed after this long; the supervisor's own limits are shorter. */
const KILL_AFTER_TENTHS_OF_A_SECOND = 80;

/**
 * A shell between us and the program. It holds the read end of a pipe that only we can write to: when we end, even by
 * kill -9, the pipe closes and the watcher stops the program. Programs that know nothing of us (Postgres, Temporal, go)
 * thereby never outlive us. When the program ends by itself the shell ends with its exit code. The trap lets the shell
 * survive a signal to the group, so that it buries its children: process 1 of a container often does not.
 */
const LEASH = `
trap : HUP INT TERM
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
[ -z "$LEASH_PID_FILE" ] || echo "$program" > "$LEASH_PID_FILE"
(
  while read -r _; do :; done <&3
  kill -s "$LEASH_SIGNAL" "$program"
  waited=0
  while kill -0 "$program" && [ "$waited" -lt ${KILL_AFTER_TENTHS_OF_A_SECOND} ]; do sleep 0.1; waited=$((waited + 1)); done
  kill -s KILL "$program"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
code=
while [ -z "$code" ] || kill -0 "$program" 2>/dev/null; do
  wait "$program"
  code=$?
done
kill -s KILL "$watcher" 2>/dev/null
wait 2>/dev/null
exit "$code"
`;

/**
 * Starts a program that ends when this process ends, however it ends. It leads a process group of its own, so a Ctrl-C
 * in the terminal does not reach it. Throws nothing: a program that cannot be run shows as exit code 126 or 127.
 */
export function spawnOnLeash(leashed: LeashedCommand): ChildProcess {
  const { command, args, stopSignal, output, env = process.env, pidFile = '', cwd = '/', uid, gid } = leashed;
  return spawn('/bin/sh', ['-c', LEASH, 'leash', command, ...args], {
    detached: true,
    stdio: ['pipe', output, output],
    env: { ...env, LEASH_SIGNAL: stopSignal.replace('SIG', ''), LEASH_PID_FILE: pidFile },
    cwd,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
}
