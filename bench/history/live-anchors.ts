import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Load } from '../load/run-load.ts';
import type { Process } from '../processes/start-process.ts';
import { PAUSE_MS } from './live-invitation.ts';

const ONE: Load = { loop: 'closed', concurrency: 1, warmUpMs: 0, measureMs: 1 };
const LOOK_EVERY_MS = 200;
const LOOK_LIMIT_MS = 20_000;

/** Lives an invitation of the plain stack. Returns its workflow's id. */
export async function livePlain(url: string): Promise<string> {
  const invited = await post(`${url}/invite`, { email: 'jane@example.com', name: 'Jane Doe' });
  const { id } = (await invited.json()) as { id: string };
  await sleep(PAUSE_MS);
  await post(`${url}/confirm/${id}`, {});
  return `plain/${id}`;
}

/** Has *lean* live as many lifecycles. Returns their workflows' ids. */
export async function liveLean(lean: Process, client: Client, count: number): Promise<string[]> {
  for (let run = 0; run < count; run += 1) await lean.ask(ONE);
  const giveUpAt = performance.now() + LOOK_LIMIT_MS;
  for (;;) {
    const ids: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query: `WorkflowType = 'lean'` })) ids.push(workflowId);
    if (ids.length >= count) return ids;
    if (performance.now() > giveUpAt) throw new Error(`Temporal lists ${ids.length} of ${count} workflows.`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function post(url: string, body: unknown): Promise<Response> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}
