import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestEmailOrder } from '../../activities/contracts.ts';
import { createActivities } from '../../activities/index.ts';
import { Event, PortalOperator } from '../../db/entities/index.ts';
import { FAILURES } from '../../vocabulary/workflows.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertOperator, insertPortal } from '../harness/rows.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const send = (order: TestEmailOrder) =>
  activityEnvironment().run(createActivities(engine.worker.dependencies).sendTestEmail, order);

async function newOrder() {
  const portal = await insertPortal(engine.db.database);
  const operator = await insertOperator(engine.db.database, portal.slug);
  const order: TestEmailOrder = { portalId: portal.id, operatorId: operator.id, kind: 'invitation', language: 'en' };
  return { order, email: operator.email };
}

test('what is sent again after a crash is the same to the byte, and nothing is recorded', async () => {
  const { order, email } = await newOrder();
  engine.sink.mood = 'cut'; // takes it, but does not say so
  expect(await send(order)).toMatchObject({ kind: 'deferred' });
  engine.sink.mood = null;
  expect(await send(order)).toEqual({ kind: 'accepted' });
  const [first, second] = engine.sink.mails.filter(({ recipients }) => recipients.includes(email));
  expect(second!.raw).toBe(first!.raw);
  expect(await engine.db.database.em.fork().count(Event, { portal: order.portalId })).toBe(0);
});

test('the mail server’s words, which may name the address, stay with us', async () => {
  const { order, email } = await newOrder();
  engine.sink.mood = { code: 550, text: `No mailbox <${email}>`, at: 'RCPT' };
  expect(await send(order)).toEqual({ kind: 'refused', code: '550' });
  engine.sink.mood = null;
});

test('who no longer works for the portal is sent nothing, for good', async () => {
  const { order, email } = await newOrder();
  await engine.db.database.em.fork().nativeDelete(PortalOperator, { operator: order.operatorId });
  await expect(send(order)).rejects.toMatchObject({ type: FAILURES.operatorGone, nonRetryable: true });
  expect(engine.sink.mails.filter(({ recipients }) => recipients.includes(email))).toEqual([]);
});
