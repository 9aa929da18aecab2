/** *lean*: bare Temporal, one activity that does nothing, one signal. Worker and driver in one process: nothing is cheaper. */
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { v7 as uuid } from 'uuid';
import type { LoadResult } from '../../load/lifecycle.ts';
import { type Load, runLoad } from '../../load/run-load.ts';
import { answerAsks } from '../../processes/answer-asks.ts';
import { goOn, type lean } from './workflow.ts';

Runtime.install({ logger: new DefaultLogger('WARN') });
const taskQueue = 'lean';
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS! });
const client = new Client({ connection });
const reached = new Map<string, () => void>();
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('./workflow.ts', import.meta.url)),
  activities: { noop: async (id: string) => reached.get(id)!() },
});
void worker.run().finally(() => process.exit());

answerAsks<Load, LoadResult>((load) =>
  runLoad(async () => {
    const workflowId = `lean/${uuid()}`;
    const activity = new Promise<void>((resolve) => reached.set(workflowId, resolve));
    const startedAt = performance.now();
    const handle = await client.workflow.start<typeof lean>('lean', { workflowId, taskQueue, args: [workflowId] });
    const acceptedAt = performance.now();
    await activity;
    const mailedAt = performance.now();
    reached.delete(workflowId);
    await handle.signal(goOn);
    await handle.result();
    return {
      acceptedMs: acceptedAt - startedAt,
      mailedMs: mailedAt - startedAt,
      confirmedMs: performance.now() - mailedAt,
    };
  }, load),
);
