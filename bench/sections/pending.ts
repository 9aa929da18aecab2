import { Connection, Client as Temporal } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import type { Load } from '../load/run-load.ts';
import { type Latency, lifecyclesOf, measureLatency, type Rounds } from '../pending/measure-latency.ts';
import { findDescendant, residentBytes } from '../pending/measure-memory.ts';
import { measureStorage, type Storage } from '../pending/measure-storage.ts';
import type { Filled, PeopleOrder } from '../pending/people.ts';
import { requirePending } from '../pending/require-pending.ts';
import { type AtSize, showPending } from '../pending/show-pending.ts';
import { startProcess } from '../processes/start-process.ts';
import type { Target } from '../processes/target.ts';
import type { Section } from '../section.ts';
import { openServers } from '../stage/open-servers.ts';
import { openStage } from '../stage/open-stage.ts';
import { startLean, startOutside } from '../stage/start-anchors.ts';
import { startProduct } from '../stage/start-product.ts';

/** As few at a time as cold processes answer in time. */
const QUICK = { sizes: [50, 100], perRound: 2, warmUpMs: 1_000, atATime: 10 };
/** More at a time are not faster, only later. */
const USUAL = { sizes: [1_000, 2_000], perRound: 10, warmUpMs: 8_000, atATime: 50 };
/** Takes ten minutes and more. */
const FULL = { ...USUAL, sizes: [1_000, 5_000, 20_000] };

/** What invitations cost that nobody has confirmed yet: memory, bytes, and whether the next one is slower. */
export const pending: Section = {
  name: 'pending',
  title: 'Pending: invitations that nobody has confirmed yet',
  async measure({ quick, full, rounds }, progress) {
    const scale = { ...(quick ? QUICK : full ? FULL : USUAL), rounds };
    await using started = openStage();
    progress('starting');
    const { fill, latency, memory, storage } = await setUp(started, scale);

    const noStorage: Storage = { ours: 0, temporals: 0 };
    const bySize = new Map<number, AtSize>([
      [0, { storage: noStorage, memory: memory(), latency: await latency({ somePending: false }), filled: undefined }],
    ]);
    let size = 0;
    let taken = noStorage;
    for (const next of scale.sizes) {
      progress(`inviting up to ${next.toLocaleString('en')}`);
      const before = await storage();
      const { seconds } = await fill(next - size, next);
      const after = await storage();
      // Only what the pending ones take: what is invited and confirmed between two sizes is no part of it.
      taken = {
        ours: taken.ours + after.ours - before.ours,
        temporals: taken.temporals + after.temporals - before.temporals,
      };
      const filled = { count: next - size, seconds };
      size = next;
      const resident = memory();
      progress(`one more; ${Math.round(filled.count / seconds)} a second were invited`);
      bySize.set(size, { storage: taken, memory: resident, latency: await latency({ somePending: true }), filled });
    }
    return showPending(bySize);
  },
};

/** Starts everything, and has it all run warm. */
async function setUp(started: AsyncDisposableStack, scale: Rounds & { warmUpMs: number; atATime: number }) {
  const servers = await openServers(started);
  const outside = await startOutside(started);
  const product = await startProduct(started, servers, { smtpUrl: outside.smtpUrl });
  const lean = await startLean(started, servers);
  const people = await startProcess('bench/pending/people.ts', { SINK_ARRIVALS_PORT: String(outside.arrivalsPort) });
  started.defer(() => people.stop());
  const postgres = new Postgres({ connectionString: servers.databaseUrl });
  await postgres.connect();
  started.defer(() => postgres.end());
  const connection = await Connection.connect({ address: servers.temporalAddress });
  started.defer(() => connection.close());
  const temporal = new Temporal({ connection });

  const target: Target = { kind: 'product', urls: product.urls, ...product.portals.withAddress };
  const ask = <Answer>(order: PeopleOrder) => people.ask<Answer>(order);
  const warmUp: Load = { loop: 'closed', concurrency: 10, warmUpMs: 0, measureMs: scale.warmUpMs };
  lifecyclesOf(await lean.ask(warmUp));
  lifecyclesOf(await ask({ task: 'live', target, confirming: 'newest', load: warmUp }));
  await requirePending(postgres, temporal, 0);

  const [worker, server] = [product.workers[0]!.pid, findDescendant(process.pid, 'temporal')];
  return {
    async fill(count: number, upTo: number): Promise<Filled> {
      const filled = await ask<Filled>({ task: 'invite', target, count, atATime: scale.atATime });
      await requirePending(postgres, temporal, upTo);
      return filled;
    },
    latency: (somePending: { somePending: boolean }): Promise<Latency> =>
      measureLatency({ people, lean, target }, scale, somePending),
    memory: () => ({ worker: residentBytes(worker), temporal: server && residentBytes(server) }),
    storage: () => measureStorage(postgres, servers.temporalFile),
  };
}
