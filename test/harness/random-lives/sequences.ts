import fc from 'fast-check';
import { SEED } from '../faults/seed.ts';

/** What can be done, and how often it is chosen. */
const WEIGHTS = {
  add: 3,
  're-invite': 3,
  'confirm by the newest link': 3,
  'confirm by the first link': 1,
  deactivate: 2,
  reactivate: 2,
  'correct the address': 2,
  'correct the spelling': 1,
  'correct the name': 1,
  'take the address of another': 1,
  'let the link expire': 1,
  'ask for a new link': 2,
  erase: 1,
  'bulk re-invite': 1,
  'bulk deactivate': 1,
  'change the portal': 1,
};

export interface Act {
  name: keyof typeof WEIGHTS;
  /** Of the people of the portal, the one that is acted on; of no matter where it is all of them or the portal. */
  who: number;
  /** Its place in the sequence, from 1 on. */
  number: number;
}

/** What seldom comes together by chance. */
const STORIES: Act['name'][][] = [
  ['let the link expire', 'ask for a new link'],
  ['confirm by the newest link', 'deactivate', 'reactivate'],
  ['deactivate', 'reactivate'],
  ['erase', 'add'],
];

/** Sequences that begin with adding each of the people; the same ones for the same seed. */
export function sampleSequences(count: number, length: number, people: number): Act[][] {
  const single = Object.entries(WEIGHTS).map(([name, weight]) => ({
    arbitrary: fc.constant<Act['name'][]>([name as Act['name']]),
    weight,
  }));
  const story = { arbitrary: fc.constantFrom(...STORIES), weight: 5 };
  const acts = fc.record({ names: fc.oneof(...single, story), who: fc.nat(people - 1) });
  const sequence = fc.array(acts, { minLength: length, maxLength: length, size: 'max' });
  return fc.sample(fc.noBias(sequence), { seed: SEED, numRuns: count }).map((chosen) => {
    const adding = Array.from({ length: people }, (_, who) => ({ name: 'add' as const, who }));
    const following = chosen.flatMap(({ names, who }) => names.map((name) => ({ name, who })));
    return [...adding, ...following].slice(0, length).map((one, index) => ({ ...one, number: index + 1 }));
  });
}
