import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { FaultStage } from './fault-stage.ts';

/** Copies the stopped Postgres's folder, and its owner with it: Postgres reads no other. The processes run on. */
export async function backUpPostgres({ postgres }: FaultStage): Promise<void> {
  await postgres.stop();
  execFileSync('cp', ['-a', postgres.data, copyOf(postgres.data)]);
  await postgres.start();
}

/** Puts the last backup in the place of what Postgres has. */
export async function restorePostgres({ postgres }: FaultStage): Promise<void> {
  await postgres.stop();
  rmSync(postgres.data, { recursive: true });
  execFileSync('cp', ['-a', copyOf(postgres.data), postgres.data]);
  await postgres.start();
}

function copyOf(folder: string): string {
  return `${folder}-backup`;
}
