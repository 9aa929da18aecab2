import type { Section } from '../section.ts';
import { type Contender, type Heat, openArena, PASSWORD } from '../stage/open-arena.ts';
import { openStage } from '../stage/open-stage.ts';
import { passwordCost } from '../throughput/password-cost.ts';
import { showLifecycles } from '../throughput/show-lifecycles.ts';

/** At once: as many as keep the Temporal server busy. */
const USUAL = { concurrency: 100, warmUpMs: 3_000, measureMs: 6_000 };
const QUICK = { concurrency: 10, warmUpMs: 500, measureMs: 3_000 };
/** New processes are slow until their code is compiled. */
const COMPILING_MS = 15_000;
const ORDER: Contender[] = ['lean', 'product', 'plain', 'product, with a password'];

/** How many invitations per second go from asked for to confirmed, beside the least that Temporal could do. */
export const lifecycles: Section = {
  name: 'lifecycles',
  title: 'Lifecycles per second',
  async measure({ quick, rounds }, progress) {
    await using started = openStage();
    progress('starting');
    const arena = await openArena(started);
    const load = { loop: 'closed', ...(quick ? QUICK : USUAL) } as const;

    const light = { ...load, concurrency: QUICK.concurrency, warmUpMs: 0, measureMs: COMPILING_MS };
    for (const contender of quick ? [] : ORDER) await arena.run(contender, light);
    const heats = new Map<Contender, Heat[]>();
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const contender of ORDER) {
        heats.set(contender, [...(heats.get(contender) ?? []), await arena.run(contender, load)]);
      }
    }
    return showLifecycles(heats, { load, password: await passwordCost(PASSWORD) });
  },
};
