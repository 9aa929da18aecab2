import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { forgetExpiredSessions } from '../../activities/housekeeping/delete-expired-rows.ts';
import { RateLimit, Session } from '../../db/entities/index.ts';
import { activityEnvironment } from '../harness/activity-environment.ts';
import { insertOperator, insertPortal, insertPortalUser, insertSession } from '../harness/rows.ts';
import { createTestDatabase, type TestDatabase } from '../harness/test-database.ts';

const environment = activityEnvironment();
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('sessions that have ended and old counts of failed sign-ins are deleted, twice in a row as well', async () => {
  const { database } = db;
  const em = database.em.fork();
  const [past, future] = [Date.now() - 1_000, Date.now() + 60_000];
  const portal = await insertPortal(database);
  const operator = (await insertOperator(database, portal.slug)).id;
  const portalUser = (await insertPortalUser(database, portal)).id;
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const goingOn = [
    await insertSession(database, { operator, createdAt: hoursAgo(11.9), lastUsedAt: hoursAgo(0.9) }),
    await insertSession(database, { portalUser, createdAt: hoursAgo(719), lastUsedAt: hoursAgo(167) }),
  ];
  await insertSession(database, { operator, createdAt: hoursAgo(12.1) });
  await insertSession(database, { operator, createdAt: hoursAgo(2), lastUsedAt: hoursAgo(1.1) });
  await insertSession(database, { portalUser, createdAt: hoursAgo(721) });
  await insertSession(database, { portalUser, createdAt: hoursAgo(200), lastUsedAt: hoursAgo(169) });
  em.create(RateLimit, { key: 'over', points: 1, expire: past });
  em.create(RateLimit, { key: 'going on', points: 1, expire: future });
  await em.flush();
  await environment.run(forgetExpiredSessions, db);
  await environment.run(forgetExpiredSessions, db);
  const left = db.database.em.fork();
  const ids = (await left.find(Session, {})).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(goingOn.map(({ id }) => id).toSorted());
  expect((await left.find(RateLimit, {})).map(({ key }) => key)).toEqual(['going on']);
});
