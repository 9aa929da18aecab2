import { showScaleOut } from '../scale-out/show-scale-out.ts';
import type { Section } from '../section.ts';
import { type Heat, openArena } from '../stage/open-arena.ts';
import { openStage } from '../stage/open-stage.ts';

const USUAL = { concurrency: 100, warmUpMs: 2_000, measureMs: 4_000 };
const QUICK = { concurrency: 10, warmUpMs: 500, measureMs: 3_000 };
/** Workers, and as many APIs. */
const SIZES = [1, 2, 4];
/** New processes are slow until their code is compiled: each has this long to itself. */
const COMPILING_MS = 5_000;

/** Whether more workers and APIs carry more, while machine and servers stay the same. */
export const scaleOut: Section = {
  name: 'scale-out',
  title: 'Scale-out: more workers and APIs on one machine',
  async measure({ quick, rounds }, progress) {
    const load = { loop: 'closed', ...(quick ? QUICK : USUAL) } as const;
    const heats = new Map<string, { product: Heat; lean: Heat }[]>();
    for (const size of quick ? SIZES.slice(0, 1) : SIZES) {
      const name = `${size} of each`;
      progress(`${name}: starting`);
      await using started = openStage();
      const arena = await openArena(started, { apis: size, workers: size, withPlain: false });
      if (!quick) await arena.run('product', { ...load, warmUpMs: 0, measureMs: size * COMPILING_MS });
      for (let round = 0; round < rounds; round += 1) {
        progress(`${name}: round ${round + 1} of ${rounds}`);
        const lean = await arena.run('lean', load);
        const product = await arena.run('product', load);
        heats.set(name, [...(heats.get(name) ?? []), { product, lean }]);
      }
    }
    return showScaleOut(heats, load);
  },
};
