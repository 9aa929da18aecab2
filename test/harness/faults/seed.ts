import fc from 'fast-check';

/** Of all random choices of a run. `FAULTS_SEED` repeats the choices of an earlier run. */
export const SEED = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 0x7fff_ffff));

const RANGE = 2 ** 30;

/** Random whole numbers, the same ones for the same seed. */
export interface Random {
  /** From 0 to `bound` - 1. */
  below(bound: number): number;
}

/** @param name different names give different numbers */
export function createRandom(name: string): Random {
  const seed = SEED ^ [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) | 0, 0);
  const [numbers] = fc.sample(fc.infiniteStream(fc.noBias(fc.nat(RANGE - 1))), { seed, numRuns: 1 });
  return { below: (bound) => Math.floor((numbers!.next().value / RANGE) * bound) };
}
