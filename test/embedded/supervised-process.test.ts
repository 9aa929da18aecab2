import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnOnLeash } from '../../embedded/leash.ts';
import { withLogFile } from '../../embedded/log-file.ts';
import { supervise } from '../../embedded/supervised-process.ts';
import { isRunning, newFolder } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';

test('a process that never gets ready is stopped, and the error quotes what its log says of it', async () => {
  const { pidFile, ...spec } = shellProcess('echo Error: cannot do that; echo Goodbye; exit 3');
  await expect(supervise({ ...spec, ready: () => new Promise(() => {}) })).rejects.toThrow(
    `shell did not start (exit code 3): Error: cannot do that (log: ${spec.logFile})`,
  );
  expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
});

test('giving up a start stops what was starting', async () => {
  const { pidFile, ...spec } = shellProcess('exec sleep 1000');
  const giveUp = new AbortController();
  const starting = supervise({ ...spec, ready: () => new Promise(() => {}), signal: giveUp.signal });
  await eventually(() => pidIn(pidFile), 'the process');
  giveUp.abort(new Error('given up'));
  await expect(starting).rejects.toThrow('given up');
  expect(isRunning(pidIn(pidFile))).toBe(false);
});

test('a process that ignores the request to stop is killed', async () => {
  const { pidFile, ...spec } = shellProcess(`trap '' TERM; while :; do sleep 1; done`);
  const running = await supervise({ ...spec, stopLimitMs: 200 });
  await running.stop();
  expect(isRunning(pidIn(pidFile))).toBe(false);
});

test('a process that ends by itself is started again until it is stopped', async () => {
  const { pidFile, ...spec } = shellProcess('exec sleep 1000');
  const said: string[] = [];
  const running = await supervise({ ...spec, onEvent: (line) => said.push(line) });
  const firstLife = pidIn(pidFile);
  writeFileSync(pidFile, '');
  process.kill(firstLife, 'SIGKILL');
  await eventually(() => said.includes('shell is running again'), 'the second life');
  const secondLife = pidIn(pidFile);
  expect(isRunning(secondLife)).toBe(true);
  await running.stop();
  expect(isRunning(secondLife)).toBe(false);
});

/** A shell script that writes its process id first; ready when it has. */
function shellProcess(script: string) {
  const folder = newFolder();
  const [pidFile, logFile] = [join(folder, 'pid'), join(folder, 'log')];
  writeFileSync(pidFile, '');
  const args = ['-c', `echo $$ > "$0"; ${script}`, pidFile];
  return {
    name: 'shell',
    logFile,
    pidFile,
    launch: () =>
      withLogFile(logFile, (output) => spawnOnLeash({ command: '/bin/sh', args, stopSignal: 'SIGTERM', output })),
    ready: async () => void (await eventually(() => pidIn(pidFile), 'the process')),
    stopSignal: 'SIGTERM' as const,
    stopLimitMs: 5_000,
    startLimitMs: 30_000,
  };
}

function pidIn(pidFile: string): number {
  return Number(readFileSync(pidFile, 'utf8'));
}
