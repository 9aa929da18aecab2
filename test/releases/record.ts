/**
 * Records what a release leaves behind, for `upgrade.test.ts`: its database with a small population, the histories of its running
 * workflows, and what its people have (links, passwords, cookies).
 *
 *     node embedded/bootstrap.mjs test/releases/record.ts <checkout of the release, with node_modules> <name>
 *
 * The release runs as it is deployed and is used over HTTP only, so that its code may be laid out in another way. The files in
 * `test/releases/<name>/` are kept as they are: a release is recorded once.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { apiClient } from '../harness/api-client.ts';
import { FAULTS_ADMIN_KEY, type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { dumpDatabase } from '../harness/releases/database-dump.ts';
import { addQueued, type Population, populate, RELEASE_OPERATOR } from '../harness/releases/population.ts';

const [checkout, name] = process.argv.slice(2);
if (checkout === undefined || name === undefined) throw new Error('usage: record.ts <checkout of a release> <name>');
const release = resolve(checkout);
const env = { OPERATOR_EMAIL: RELEASE_OPERATOR.email, OPERATOR_PASSWORD: RELEASE_OPERATOR.password };
const stage = await setFaultStage({ release, env });
try {
  const { people, ...population } = await populate(stage);
  const histories = await runningHistories(stage);
  await stage.temporal.stop();
  const api = apiClient(stage.url, FAULTS_ADMIN_KEY, '/v1/portals/acme');
  const unstarted = await addQueued(api, 'unstarted');
  const recorded: Population = { people: { ...people, unstarted }, ...population };

  const folder = new URL(`${name}/`, import.meta.url);
  mkdirSync(folder);
  const write = (file: string, content: unknown) =>
    writeFileSync(new URL(file, folder), `${withoutMachine(JSON.stringify(content, null, 1))}\n`);
  write('population.json', recorded);
  write('histories.json', histories);
  write('database.json', await dumpDatabase(stage.sql));
} finally {
  await stage.close();
}

async function runningHistories({ client }: FaultStage): Promise<{ workflowId: string; history: unknown }[]> {
  const histories = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    if (workflowId.startsWith('housekeeping/')) continue;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push({ workflowId, history: JSON.parse(historyToJSON(history)) });
  }
  return histories;
}

/** Stack traces name folders, and workers the host. */
function withoutMachine(text: string): string {
  return text.replaceAll(`${release}/`, '').replaceAll(hostname(), 'host');
}
