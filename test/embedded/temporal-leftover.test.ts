import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftoverTemporal, temporalPidFile } from '../../embedded/temporal.ts';
import { isRunning, newFolder, runNode } from '../harness/embedded-processes.ts';

test('a Temporal that still uses the database is stopped', async () => {
  const database = join(newFolder(), 'temporal.db');
  const leftover = runNode(['-e', 'setInterval(() => {}, 1_000)', '--', database]);
  writeFileSync(temporalPidFile(database), `${leftover.pid}\n`);
  await stopLeftoverTemporal(database);
  expect(isRunning(leftover.pid)).toBe(false);
});

test('another program that has its process number by now is let alone', async () => {
  const database = join(newFolder(), 'temporal.db');
  const other = runNode(['-e', 'setInterval(() => {}, 1_000)']);
  writeFileSync(temporalPidFile(database), `${other.pid}\n`);
  await stopLeftoverTemporal(database);
  expect(isRunning(other.pid)).toBe(true);
});

test('a folder without leftovers needs nothing', async () => {
  await stopLeftoverTemporal(join(newFolder(), 'temporal.db'));
});
