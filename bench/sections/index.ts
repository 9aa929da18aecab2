import type { Section } from '../section.ts';
import { history } from './history.ts';
import { latency } from './latency.ts';
import { lifecycles } from './lifecycles.ts';
import { pending } from './pending.ts';
import { reads } from './reads.ts';
import { scaleOut } from './scale-out.ts';

/** In the order in which they run. */
export const SECTIONS: Section[] = [lifecycles, latency, history, reads, pending, scaleOut];
