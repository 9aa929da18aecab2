import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTemporalBinary } from '../../../embedded/temporal-binary.ts';
import type { FaultStage } from './fault-stage.ts';

const run = promisify(execFile);
const LONGEST_OUTPUT = 64 * 1024 * 1024;

/** Runs a command of the Temporal CLI, as an operator does. @returns what it prints @throws Error when it fails */
export async function temporalCli({ relays }: FaultStage, command: string, ...more: string[]): Promise<string> {
  const args = [...command.split(' '), ...more, '--address', relays.temporal.address];
  const { stdout } = await run(await findTemporalBinary(console.log), args, { maxBuffer: LONGEST_OUTPUT });
  return stdout;
}
