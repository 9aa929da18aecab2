import { showLatency } from '../latency/show-latency.ts';
import type { Lifecycle } from '../load/lifecycle.ts';
import type { Load } from '../load/run-load.ts';
import type { Section } from '../section.ts';
import { type Contender, openArena } from '../stage/open-arena.ts';
import { openStage } from '../stage/open-stage.ts';

/** Few enough that nobody waits for others. */
const PER_SECOND = 6;
const ORDER: Contender[] = ['product', 'plain', 'lean', 'product, with a password'];

/** How long people wait when little is going on: for the answer, for the e-mail, for being confirmed. */
export const latency: Section = {
  name: 'latency',
  title: `Latency at ${PER_SECOND} lifecycles per second`,
  async measure({ quick, rounds }, progress) {
    await using started = openStage();
    progress('starting');
    const arena = await openArena(started);
    const load: Load = { loop: 'open', perSecond: PER_SECOND, warmUp: quick ? 2 : 6, count: quick ? 4 : 36 };

    const lives = new Map<Contender, Lifecycle[][]>(ORDER.map((contender) => [contender, []]));
    let errors = 0;
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const contender of ORDER) {
        const heat = await arena.run(contender, load);
        lives.get(contender)!.push(heat.lifecycles);
        errors += heat.errors;
      }
    }
    return showLatency(lives, { load, errors });
  },
};
