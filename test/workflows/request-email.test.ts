import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { pino } from 'pino';
import { RequestEmail } from '../../db/entities/index.ts';
import { createRowWorkflows } from '../../temporal/row-workflows.ts';
import { requestEmailWorkflowId } from '../../vocabulary/workflows.ts';
import type { requestEmail } from '../../workflows/row-workflows.ts';
import { decodePayloads } from '../harness/decode-payloads.ts';
import { eventually } from '../harness/eventually.ts';
import { helpDesk, insertRequest } from '../harness/requests.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { type Engine, keepHistory, PUBLIC_URL, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

async function openRequest() {
  const { db, worker, sink } = engine;
  const { database } = db;
  const user = await insertPortalUser(database, await insertPortal(database));
  const request = await insertRequest(database, user);
  const { requestEmails } = createRowWorkflows(worker.client, worker.taskQueue);
  const logger = pino({ level: 'silent' });
  const desk = helpDesk({ database, publicUrl: PUBLIC_URL, requestEmails, logger });
  const { email } = user.contact.getEntity();
  return {
    email,
    reply: async (text: string) => {
      await desk.reply(request, text, { status: 'on_hold' });
      const { id } = (await desk.emails(request)).at(-1)!;
      return { id, handle: worker.client.workflow.getHandle<typeof requestEmail>(requestEmailWorkflowId(id)) };
    },
    mail: (n: number) => sink.mailTo(email, n),
  };
}

test('no personal data enters the history or the description, and trying again costs no events', async () => {
  const { email, reply, mail } = await openRequest();
  engine.sink.mood = { code: 451, text: `Try later, <${email}>`, at: 'RCPT' };
  const { id, handle } = await reply('Dear Jane, use water.');
  const row = () => engine.db.database.em.fork().findOneOrFail(RequestEmail, id);
  await eventually(async () => (await row()).delivery === 'deferred', 'the deferral');
  engine.sink.mood = null;
  expect(await handle.result()).toEqual({ delivery: 'sent' });
  expect((await mail(1)).text).toContain('use water');

  const everything = historyToJSON(await handle.fetchHistory()) + JSON.stringify((await handle.describe()).raw);
  const readable = everything + decodePayloads(everything);
  expect(readable).toContain(id);
  for (const secret of [email, 'Jane', 'Doe', 'water', 'printer', 'Try later']) expect(readable).not.toContain(secret);
  expect((await handle.fetchHistory()).events).toHaveLength(11);
  await keepHistory('request-email', { handle });
});

test('of two quick replies the second never arrives first, though the mail server puts the first off', async () => {
  const { reply, mail } = await openRequest();
  engine.sink.mood = { code: 451, text: 'Later', at: 'DATA' };
  const first = await reply('First.');
  const second = await reply('Second.');
  const row = () => engine.db.database.em.fork().findOneOrFail(RequestEmail, first.id);
  await eventually(async () => (await row()).delivery === 'deferred', 'the deferral');
  engine.sink.mood = null;
  await Promise.all([first.handle.result(), second.handle.result()]);
  expect([(await mail(1)).text, (await mail(2)).text]).toEqual([
    expect.stringContaining('First.'),
    expect.stringContaining('Second.'),
  ]);
});
