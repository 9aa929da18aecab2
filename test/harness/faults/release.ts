import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../embedded/settings.ts';
import { PRODUCT_FOLDERS } from '../floors.ts';
import type { FaultStage } from './fault-stage.ts';

/** What the image of `Dockerfile` has. */
const PARTS = ['package.json', ...PRODUCT_FOLDERS.filter((folder) => folder !== 'embedded')];

export interface Edit {
  /** Path within the project. */
  file: string;
  /** Occurs once in the file. */
  from: string;
  to: string;
}

/**
 * Copies the project's sources to a release of its own, changed by some edits.
 *
 * @returns its folder, for a process's option `release`
 * @throws Error when the text to replace is not there exactly once
 */
export function makeRelease({ folder }: Pick<FaultStage, 'folder'>, name: string, edits: Edit[]): string {
  const release = join(folder, `release-${name}`);
  for (const part of PARTS) cpSync(join(PROJECT_ROOT, part), join(release, part), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(release, 'node_modules'));
  for (const edit of edits) apply(release, edit);
  return release;
}

function apply(release: string, { file, from, to }: Edit): void {
  const path = join(release, file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times what is to be replaced: ${from}`);
  writeFileSync(path, parts.join(to));
}
