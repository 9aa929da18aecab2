import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { addAttachments, type PutFile, putFiles, takeFiles } from '../../commands/requests/add-attachments.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { Attachment, Contact, type PortalUser, Session, UnownedObject } from '../../db/entities/index.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertRequest } from '../harness/requests.ts';
import { insertPortal, insertPortalUser, insertSession } from '../harness/rows.ts';
import { type S3Server, startS3Server } from '../harness/s3-server.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let s3: S3Server;
let stage: Stage;
let user: PortalUser;
const environment = activityEnvironment();
beforeAll(async () => {
  s3 = await startS3Server();
  stage = await setStage({ s3: s3.settings });
});
beforeEach(async () => {
  user = await insertPortalUser(stage.db.database, await insertPortal(stage.db.database));
});
afterEach(async () => {
  await s3.stop();
  await s3.start();
  await em().nativeDelete(Attachment, {});
  await erase();
  await em().nativeDelete(UnownedObject, {});
});
afterAll(async () => {
  await stage.close();
  await s3.close();
});

const em = () => stage.db.database.em.fork();
const erase = () => environment.run(createActivities(stage.worker.dependencies).eraseUnownedObjects);
const file = { fileName: 'a.txt', mediaType: 'text/plain', content: Buffer.from('hello') };
const put = () => putFiles(stage.services, [file]);
const keyOf = ([{ id }]: PutFile[] | [{ id: string }]) => `attachments/${id}`;
const unowned = () => em().find(UnownedObject, {});
/** As if an hour went by. */
const age = () => em().execute("update unowned_objects set since = since - interval '61 minutes'");

/** A request of the portal user with one file. */
async function attach(files: PutFile[]): Promise<void> {
  const request = await insertRequest(stage.db.database, user);
  await inTransaction(stage.db.database, async (unit) => {
    await takeFiles(unit, stage.services, files);
    await addAttachments(unit, { request }, files);
  });
}

async function rollBack(files: PutFile[]): Promise<void> {
  const failing = inTransaction(stage.db.database, async (unit) => {
    await takeFiles(unit, stage.services, files);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
}

test('what a transaction that was rolled back had put stays for an hour, and is erased then, twice in a row as well', async () => {
  const [kept, lost] = [await put(), await put()];
  await attach(kept);
  await rollBack(lost);
  await erase();
  expect(s3.keys().toSorted()).toEqual([keyOf(kept), keyOf(lost)].toSorted());

  await age();
  await erase();
  await erase();
  expect([s3.keys(), await unowned()]).toEqual([[keyOf(kept)], []]);
});

test('a transaction that is run again after it was rolled back keeps what was put', async () => {
  const files = await put();
  await rollBack(files);
  await attach(files);
  await age();
  await erase();
  expect(s3.keys()).toEqual([keyOf(files)]);
});

test('erasing a person erases the objects of their attachments with the next housekeeping, and nobody else’s', async () => {
  const mine = await put();
  await attach(mine);
  const theirs = await put();
  const erased = user;
  user = await insertPortalUser(stage.db.database, await insertPortal(stage.db.database));
  await attach(theirs);

  await em().nativeDelete(Contact, { id: erased.contact.id });
  expect(await unowned()).toMatchObject([{ id: mine[0]!.id, isBeingErased: true }]);
  await erase();
  expect([s3.keys(), await unowned()]).toEqual([[keyOf(theirs)], []]);
});

test('the housekeeping workflow erases, and while the storage is down the rest of it goes on', async () => {
  const files = await put();
  await attach(files);
  await em().nativeDelete(Attachment, {});
  await s3.stop();
  const { client, taskQueue } = stage.worker;
  const housekeep = () =>
    client.workflow.execute('housekeeping', { taskQueue, workflowId: `housekeeping/${randomUUID()}`, args: [] });

  const over = new Date(Date.now() - 31 * 86_400_000);
  await insertSession(stage.db.database, { portalUser: user.id, createdAt: over });
  const failed = await housekeep().catch((error) => error.cause);
  expect(failed.cause.message).toMatch(/^AttachmentStoreDown \((ECONNREFUSED|Error)\)$/); // jest has an Error of its own
  expect(await em().count(Session, {})).toBe(0);
  expect(await unowned()).toHaveLength(1);

  await s3.start();
  await housekeep();
  expect([s3.keys(), await unowned()]).toEqual([[], []]);
});

test('a worker killed after an object is gone and before its row is begins again, and an object that never came is no trouble', async () => {
  const files = await put();
  await attach(files);
  await em().nativeDelete(Attachment, {});
  s3.lose(keyOf(files));
  await em().insert(UnownedObject, { id: randomUUID(), since: new Date(0) });
  await erase();
  expect(await unowned()).toEqual([]);
});

test('one object that cannot be erased keeps no other', async () => {
  const [stuck, ...others] = [await put(), await put(), await put()];
  await age();
  const { attachments, ...rest } = stage.worker.dependencies;
  const refusing = {
    erase: (id: string) => (id === stuck![0]!.id ? Promise.reject(new Error('locked')) : attachments.erase(id)),
  };
  const { eraseUnownedObjects } = createActivities({ ...rest, attachments: refusing });
  await expect(environment.run(eraseUnownedObjects)).rejects.toThrow('locked');
  expect(others).toHaveLength(2);
  expect(s3.keys()).toEqual([keyOf(stuck!)]);
  expect(await unowned()).toMatchObject([{ id: stuck![0]!.id }]);
});

test('an object that is just being taken is not erased, however old, and one that is being erased cannot be taken', async () => {
  const [taken, late] = [await put(), await put()];
  await age();
  const request = await insertRequest(stage.db.database, user);
  await inTransaction(stage.db.database, async (unit) => {
    await takeFiles(unit, stage.services, taken);
    await erase();
    await addAttachments(unit, { request }, taken);
  });
  expect(s3.keys()).toEqual([keyOf(taken)]);
  await expect(attach(late)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await em().count(Attachment, {})).toBe(1);
});
