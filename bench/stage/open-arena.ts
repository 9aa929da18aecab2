import type { LoadResult } from '../load/lifecycle.ts';
import type { Load } from '../load/run-load.ts';
import { type CpuTimes, cpuBetween, cpuTimes } from '../processes/cpu-time.ts';
import type { DriverOrder } from '../processes/driver.ts';
import type { Process } from '../processes/start-process.ts';
import type { Target } from '../processes/target.ts';
import { openServers } from './open-servers.ts';
import { startLean, startOutside, startPlain } from './start-anchors.ts';
import { type Product, type ProductOptions, startProduct } from './start-product.ts';

/** Who takes part. */
export type Contender = 'lean' | 'plain' | 'product' | 'product, with a password';

export interface Heat extends LoadResult {
  /** Milliseconds of CPU that each process used meanwhile, warm-up and all. */
  cpu: CpuTimes;
}

/** The product and what it is measured by, on the same servers. */
export interface Arena {
  /** Puts a load on one of them, the others idle. @throws Error where none of its lifecycles came to its end */
  run(contender: Contender, load: Load): Promise<Heat>;
}

const SERVERS = ['temporal', 'postgres'];
/** Good enough for the product, and the same for everybody. */
export const PASSWORD = 'seven violet herons cross the bay';

/** Starts those who take part, and what they need; it ends with `started`. */
export async function openArena(
  started: AsyncDisposableStack,
  { withPlain = true, ...options }: Omit<ProductOptions, 'smtpUrl'> & { withPlain?: boolean } = {},
): Promise<Arena> {
  const servers = await openServers(started);
  const outside = await startOutside(started);
  const product = await startProduct(started, servers, { smtpUrl: outside.smtpUrl, ...options });
  const plain = withPlain ? await startPlain(started, servers, outside.smtpUrl) : undefined;
  const lean = await startLean(started, servers);
  const names = new Map([
    ...namesOf(product),
    ...(plain?.processes ?? []).map(({ pid }) => [pid, 'plain API, worker'] as const),
    ...[[outside.sink.pid, 'sink'] as const, [outside.driver.pid, 'driver'] as const, [lean.pid, 'lean'] as const],
  ]);

  const drive = (target: Target) => (load: Load) =>
    outside.driver.ask<LoadResult>({ target, load } satisfies DriverOrder);
  const ofProduct = { kind: 'product', urls: product.urls } as const;
  const runs: Record<Contender, (load: Load) => Promise<LoadResult>> = {
    lean: (load) => lean.ask<LoadResult>(load),
    plain: drive({ kind: 'plain', url: plain?.url ?? '' }),
    product: drive({ ...ofProduct, ...product.portals.withAddress }),
    'product, with a password': drive({ ...ofProduct, ...product.portals.withPassword, password: PASSWORD }),
  };
  return {
    async run(contender, load) {
      const before = cpuTimes(names, SERVERS);
      const result = await runs[contender](load);
      if (result.lifecycles.length === 0)
        throw new Error(`${contender}: ${result.firstError ?? 'nothing was counted'}`);
      return { ...result, cpu: cpuBetween(before, cpuTimes(names, SERVERS)) };
    },
  };
}

function namesOf({ apis, workers }: Product): [number, string][] {
  const named = (name: string, processes: Process[]) => processes.map(({ pid }): [number, string] => [pid, name]);
  return [...named('worker', workers), ...named('API', apis)];
}
