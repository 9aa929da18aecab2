import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured, Section } from '../section.ts';
import type { Environment } from './environment.ts';

/** How and when a section was measured. */
export interface Run extends Environment {
  date: string;
  quick: boolean;
  rounds: number;
  seconds: number;
}

export interface Results {
  run: Run;
  measured: Measured;
  /** As SVG. */
  picture: string;
}

/** Writes `<section>.json` and `<section>.svg` into the folder, over those of an earlier run. */
export function saveResults(folder: string, { name, title }: Section, { run, measured, picture }: Results): void {
  const { table, notes, figures } = measured;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ title, run, notes, table, figures }, null, 2)}\n`);
  writeFileSync(join(folder, `${name}.svg`), picture);
}
