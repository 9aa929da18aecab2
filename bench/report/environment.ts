import { execFile } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { postgresPrograms } from '../../embedded/postgres-cluster.ts';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';

const run = promisify(execFile);

/** What figures were measured with and on, as far as it bears on them. */
export interface Environment {
  node: string;
  temporal: string;
  postgres: string;
  cpu: string;
  cores: number;
  memoryGiB: number;
}

/** Asks the programs that the measurements start for their versions. @throws Error where one of them is not there */
export async function describeEnvironment(): Promise<Environment> {
  const { postgres } = await postgresPrograms();
  const temporal = await findTemporalBinary(console.error);
  return {
    node: process.versions.node,
    temporal: await versionOf(temporal),
    postgres: await versionOf(postgres),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version']);
  return stdout.trim();
}
