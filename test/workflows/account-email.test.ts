import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { AccountEmail, PortalOperator } from '../../db/entities/index.ts';
import { createRowWorkflows } from '../../temporal/row-workflows.ts';
import { accountEmailWorkflowId } from '../../vocabulary/workflows.ts';
import type { accountEmail } from '../../workflows/row-workflows.ts';
import { decodePayloads } from '../harness/decode-payloads.ts';
import { eventually } from '../harness/eventually.ts';
import { insertMembership, insertOperator, insertPortal } from '../harness/rows.ts';
import { type Engine, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

test('no personal data enters the history or the description, and retrying costs no events', async () => {
  const { db, worker, sink } = engine;
  const operator = await insertOperator(db.database, (await insertPortal(db.database)).slug);
  const portal = await insertPortal(db.database);
  const membership = await insertMembership(db.database, operator, portal.id, { acceptedAt: null });
  const em = db.database.em.fork();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await em.nativeUpdate(PortalOperator, { id: membership }, { linkExpiresAt: expiresAt });
  const { id } = em.create(AccountEmail, {
    kind: 'operator_invitation',
    membership,
    generation: 1,
    toAddress: operator.email,
    content: {
      ...{ kind: 'operatorInvitation', language: 'en', portalName: 'Acme', color: '#1f5eff', logoUrl: null },
      ...{ senderName: 'Acme', replyTo: null, name: 'Olga Secret', role: 'owner', expiresAt: expiresAt.toISOString() },
    },
  });
  await em.flush();
  sink.mood = { code: 451, text: `Try later, <${operator.email}>`, at: 'RCPT' };
  await createRowWorkflows(worker.client, worker.taskQueue).accountEmails.start(id);
  const handle = worker.client.workflow.getHandle<typeof accountEmail>(accountEmailWorkflowId(id));
  const row = () => db.database.em.fork().findOneOrFail(AccountEmail, id);
  await eventually(async () => (await row()).delivery === 'deferred', 'the deferral');
  sink.mood = null;
  expect(await handle.result()).toEqual({ delivery: 'sent' });
  expect((await sink.mailTo(operator.email)).text).toContain('As an owner you also change');

  const everything = historyToJSON(await handle.fetchHistory()) + JSON.stringify((await handle.describe()).raw);
  const readable = everything + decodePayloads(everything);
  expect(readable).toContain(id);
  for (const secret of [operator.email, 'Olga', 'Secret', 'Acme', 'Try later', '/invitation/']) {
    expect(readable).not.toContain(secret);
  }
  expect((await handle.fetchHistory()).events).toHaveLength(11);
  await keepHistory('account-email', { handle });
});
