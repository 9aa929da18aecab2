/**
 * Measures the project beside its anchors: `npm run bench -- [--quick | --full] [section…]`. Prints a table for each section and
 * writes it with its picture to `bench/results/`. A quick run is only to see that everything is alive, and writes nothing; a
 * full one has sizes, too, that take many minutes.
 * Ends with 1 where a section failed; the others are run all the same.
 */
import { join } from 'node:path';
import { stopRequested } from '../embedded/script.ts';
import { PROJECT_ROOT } from '../embedded/settings.ts';
import { type Choice, chooseSections } from './choose-sections.ts';
import { drawCharts } from './report/draw-charts.ts';
import { describeEnvironment } from './report/environment.ts';
import { saveResults } from './report/save-results.ts';
import type { Section } from './section.ts';
import { SECTIONS } from './sections/index.ts';
import { closeStages } from './stage/open-stage.ts';

const RESULTS = join(PROJECT_ROOT, 'bench/results');
const ROUNDS = 3;
const QUICK_ROUNDS = 1;
const REASON_LENGTH = 200;

const stopping = stopRequested();
const stopped = new Promise<number>((resolve) => {
  stopping.addEventListener('abort', async () => {
    await closeStages();
    console.error('Stopped.');
    resolve(1);
  });
});
process.exit(await Promise.race([main(), stopped]));

async function main(): Promise<number> {
  let choice: Choice;
  try {
    choice = chooseSections(process.argv.slice(2), SECTIONS);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  const failures: string[] = [];
  for (const section of choice.sections) {
    try {
      await measure(section, choice);
    } catch (error) {
      if (stopping.aborted) return stopped; // what was under way fails as all is stopped
      console.error(error);
      failures.push(`${section.name}: ${(error as Error).message.slice(0, REASON_LENGTH)}`);
    }
    if (stopping.aborted) return stopped;
  }
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}

async function measure(section: Section, { quick, full }: Choice): Promise<void> {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  console.log(`\n== ${section.title}`);
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const measured = await section.measure({ quick, full, rounds }, (line) => console.log(`   ${seconds()} s: ${line}`));
  console.table(measured.table);
  for (const note of measured.notes) console.log(`   ${note}`);
  const picture = drawCharts(section.title, measured.charts);
  const date = new Date(startedAt).toISOString();
  const run = { date, quick, rounds, seconds: seconds(), ...(await describeEnvironment()) };
  if (!quick) saveResults(RESULTS, section, { run, measured, picture });
}
