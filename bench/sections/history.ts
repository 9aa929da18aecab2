import { Client, Connection } from '@temporalio/client';
import { Client as Postgres } from 'pg';
import { liveLean, livePlain } from '../history/live-anchors.ts';
import { invitationLives, type Life } from '../history/live-invitation.ts';
import { type HistoryCost, readHistory } from '../history/read-history.ts';
import { showHistory } from '../history/show-history.ts';
import type { Section } from '../section.ts';
import { openServers } from '../stage/open-servers.ts';
import { openStage } from '../stage/open-stage.ts';
import { startLean, startOutside, startPlain } from '../stage/start-anchors.ts';
import { startProduct } from '../stage/start-product.ts';

const USUAL_RUNS = 3;
const QUICK_RUNS = 1;
const LIVES: Record<Life, string> = {
  confirm: 'add, confirm',
  're-invite': 'add, re-invite, confirm',
  remind: 'add, reminder, confirm',
  'put off': 'add, mail put off once, confirm',
  deactivate: 'add, deactivate',
};

/** What one lifecycle leaves in Temporal: events, bytes, state transitions and workflow tasks. */
export const history: Section = {
  name: 'history',
  title: 'History: what a lifecycle costs Temporal',
  async measure({ quick }, progress) {
    const runs = quick ? QUICK_RUNS : USUAL_RUNS;
    await using started = openStage();
    progress('starting');
    const servers = await openServers(started);
    const outside = await startOutside(started);
    const product = await startProduct(started, servers, { smtpUrl: outside.smtpUrl });
    const plain = await startPlain(started, servers, outside.smtpUrl);
    const lean = await startLean(started, servers);

    const connection = await Connection.connect({ address: servers.temporalAddress });
    started.defer(() => connection.close());
    const client = new Client({ connection });
    const postgres = new Postgres({ connectionString: servers.databaseUrl });
    await postgres.connect();
    started.defer(() => postgres.end());
    const live = await invitationLives(started, product, outside, postgres);

    const costs = new Map<string, HistoryCost[]>();
    const measure = async (name: string, workflowId: string) =>
      costs.set(name, [...(costs.get(name) ?? []), await readHistory(client, workflowId)]);
    for (let run = 0; run < runs; run += 1) {
      progress(`run ${run + 1} of ${runs}`);
      for (const [life, name] of Object.entries(LIVES)) await measure(name, await live(life as Life));
      await measure('plain', await livePlain(plain.url));
    }
    for (const workflowId of await liveLean(lean, client, runs)) await measure('lean', workflowId);
    return showHistory(costs, ['plain', 'lean']);
  },
};
