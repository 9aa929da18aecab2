/** The plain stack's API: node:http, pg and the Temporal client. */
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import { answerAsks } from '../../processes/answer-asks.ts';
import { confirm, type plain } from './workflow.ts';

const pool = new Pool({ connectionString: process.env.DATABASE_URL!, max: 10 });
await pool.query(`create table if not exists invites
  (id uuid primary key, email text not null, name text not null, sent_at timestamptz, confirmed_at timestamptz)`);
const { workflow } = new Client({ connection: await Connection.connect({ address: process.env.TEMPORAL_ADDRESS! }) });

createServer(async (request, response) => {
  const [, verb, id] = request.url!.split('/');
  if (verb === 'invite') response.writeHead(201).end(await invite(request));
  else {
    const handle = workflow.getHandle(`plain/${id}`);
    await handle.signal(confirm);
    await handle.result();
    response.writeHead(200).end();
  }
}).listen(Number(process.env.PORT), '127.0.0.1', () => answerAsks(async () => undefined));

async function invite(request: IncomingMessage): Promise<string> {
  const { email, name } = (await json(request)) as { email: string; name: string };
  const id = uuid();
  await pool.query('insert into invites (id, email, name) values ($1, $2, $3)', [id, email, name]);
  await workflow.start<typeof plain>('plain', { workflowId: `plain/${id}`, taskQueue: 'plain', args: [id] });
  return JSON.stringify({ id });
}
