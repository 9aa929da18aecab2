import { hashPassword, requireGoodPassword } from '../../commands/passwords/password.ts';
import { type Spread, spread } from '../report/statistics.ts';

const TIMES = 20;
const WARM_UP = 3;

/** Milliseconds of CPU that one password takes: whether it is a good one, and its hash by argon2id. */
export interface PasswordCost {
  estimating: Spread;
  hashing: Spread;
}

/** Measures both by the product's own functions, one after the other. */
export async function passwordCost(password: string): Promise<PasswordCost> {
  const estimating: number[] = [];
  const hashing: number[] = [];
  for (let time = -WARM_UP; time < TIMES; time += 1) {
    const estimated = await cpuOf(async () => requireGoodPassword(password, ['Jane Doe', 'jane@example.com']));
    const hashed = await cpuOf(() => hashPassword(password));
    if (time < 0) continue;
    estimating.push(estimated);
    hashing.push(hashed);
  }
  return { estimating: spread(estimating), hashing: spread(hashing) };
}

/** All threads: the hash is computed on another. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
