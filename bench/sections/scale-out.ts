import type { Load } from '../load/run-load.ts';
import { showScaleOut } from '../scale-out/show-scale-out.ts';
import type { Section } from '../section.ts';
import { type Heat, openArena } from '../stage/open-arena.ts';
import { openStage } from '../stage/open-stage.ts';

const CONCURRENCY = 100;
/** Processes that are API and worker both, and one of each apart. */
const SIZES = [1, 2, 4];

/** Whether more workers and APIs carry more, while machine and servers stay the same. */
export const scaleOut: Section = {
  name: 'scale-out',
  title: 'Scale-out: more workers and APIs on one machine',
  async measure({ quick, rounds }, progress) {
    const times = quick ? { warmUpMs: 1_000, measureMs: 2_000 } : { warmUpMs: 4_000, measureMs: 6_000 };
    const load: Load = { loop: 'closed', concurrency: CONCURRENCY, ...times };
    const configurations = [
      { name: '1 API, 1 worker', apis: 1, workers: 1 },
      ...SIZES.slice(0, quick ? 1 : undefined).map((together) => ({ name: `${together} × both`, together })),
    ];
    const heats = new Map<string, { product: Heat; lean: Heat }[]>();
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      for (const { name, ...processes } of configurations) {
        progress(`round ${round + 1}: ${name}`);
        await using started = openStage();
        const arena = await openArena(started, processes);
        const lean = await arena.run('lean', load);
        const product = await arena.run('product', load);
        heats.set(name, [...(heats.get(name) ?? []), { product, lean }]);
      }
    }
    return showScaleOut(heats, load);
  },
};
