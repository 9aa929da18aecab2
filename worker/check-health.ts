import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from '../vocabulary/workflows.ts';

/** A worker polls at least once a minute; who has not for longer is gone. */
const LAST_SEEN_LIMIT_MS = 120_000;
const ANSWER_LIMIT_MS = 5_000;
/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/** Exits 0 if a worker of this host polls the invitations' task queue, as Temporal sees it; 1 otherwise. For a container's health check. */
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const connection = await Connection.connect({ ...connectionOptions, connectTimeout: ANSWER_LIMIT_MS });
const { pollers } = await connection.withDeadline(Date.now() + ANSWER_LIMIT_MS, () =>
  connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  }),
);
const seen = (pollers ?? []).filter(({ identity, lastAccessTime }) => {
  const ago = Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000;
  return identity?.endsWith(`@${hostname()}`) && ago < LAST_SEEN_LIMIT_MS;
});
await connection.close();
if (seen.length === 0) {
  console.error(`No worker of ${hostname()} polls ${TASK_QUEUE}`);
  process.exitCode = 1;
}
