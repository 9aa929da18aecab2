import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import type { EntityManager } from '../../db/database.ts';
import { InvitationEmail, PortalUser } from '../../db/entities/index.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertPortal, insertPortalUser } from '../harness/rows.ts';
import { whileLocked } from '../harness/while-locked.ts';
import { type Engine, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

async function invited() {
  const { database } = engine.db;
  const user = await insertPortalUser(database, await insertPortal(database));
  const { sendInvitationEmail } = createActivities(engine.worker.dependencies);
  const { email } = user.contact.getEntity();
  return {
    user,
    send: (generation = 1) =>
      activityEnvironment().run(sendInvitationEmail, { portalUserId: user.id, generation, reminder: 0 }),
    locked: { table: 'portal_users', id: user.id } as const,
    mails: () => engine.sink.mails.filter(({ recipients }) => recipients.includes(email)),
    rows: () => database.em.fork().count(InvitationEmail, { portalUser: user.id }),
  };
}

test('two attempts that queue an e-mail at once insert one row, and send its words', async () => {
  const { send, locked, mails, rows } = await invited();
  const start = () => Promise.all([send(), send()]);
  const results = await whileLocked(engine.db.database, locked, start, async () => {});
  for (const result of results) expect(result).toMatchObject({ delivery: 'sent' });
  expect(await rows()).toBe(1);
  for (const { raw } of mails()) expect(raw).toBe(mails()[0]!.raw);
});

test('a user who confirms while their e-mail is queued is sent nothing', async () => {
  const { user, send, locked, mails, rows } = await invited();
  const confirm = (em: EntityManager) => em.nativeUpdate(PortalUser, user.id, { confirmationStatus: 'confirmed' });
  const result = await whileLocked(engine.db.database, locked, send, confirm);
  expect(result).toEqual({ delivery: 'not_applicable', confirmationStatus: 'confirmed' });
  expect([mails(), await rows()]).toEqual([[], 0]);
});

test('a newer link that begins while an e-mail is queued is left to the next order', async () => {
  const { user, send, locked, mails } = await invited();
  const result = await whileLocked(engine.db.database, locked, send, (em) =>
    em.nativeUpdate(PortalUser, user.id, { generation: 2 }),
  );
  expect(result).toEqual({ delivery: 'not_applicable', confirmationStatus: 'not_confirmed' });
  expect(mails()).toEqual([]);
  expect(await send(2)).toMatchObject({ delivery: 'sent' });
});

test('an order for a newer link begins the link and sends its e-mail', async () => {
  const { user, send, mails } = await invited();
  await send();
  expect(await send(2)).toMatchObject({ delivery: 'sent' });
  expect((await engine.db.database.em.fork().findOneOrFail(PortalUser, user.id)).generation).toBe(2);
  expect(mails()[1]!.link).not.toBe(mails()[0]!.link);
});
