import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { readApiConfiguration } from '../../api/configuration.ts';
import { startApi } from '../../api/start-api.ts';
import { ensureFirstOperator } from '../../commands/operators/first-operator.ts';
import { openDatabase } from '../../db/database.ts';
import { Event, Operator, PortalOperator } from '../../db/entities/index.ts';
import type { EmailAddress } from '../../vocabulary/email-address.ts';
import { apiClient } from '../harness/api-client.ts';
import { consoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { insertOperator, insertPortal } from '../harness/rows.ts';
import { ADMIN_API_KEY } from '../harness/stage.ts';
import { createTestDatabase, onServer, type TestDatabase } from '../harness/test-database.ts';
import { TEST_LINK_KEYS } from '../harness/test-worker.ts';

const FIRST = { email: 'Olga@Example.com' as EmailAddress, password: 'nine small boats sail home' };

const silent = pino({ level: 'silent' });

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const em = () => db.database.em.fork();
const operatorRows = () => em().find(Operator, { emailKey: 'olga@example.com' }, { populate: ['passwordHash'] });
const rolesAt = async (portal: string) =>
  (await em().find(PortalOperator, { portal }, { populate: ['operator'] })).map(
    ({ operator, role }) => `${operator.getEntity().email} ${role}`,
  );

test('several processes at once make the operator once, an owner of every portal that has nobody', async () => {
  const [mine, other, theirs] = await Promise.all([1, 2, 3].map(() => insertPortal(db.database)));
  const staff = await insertOperator(db.database, theirs!.slug, 'staff');
  const processes = await Promise.all([1, 2, 3, 4].map(() => openDatabase(db.url)));
  await Promise.all(processes.map((database) => ensureFirstOperator(database, FIRST, silent)));
  await Promise.all(processes.map((database) => database.close()));

  const [operator, ...more] = await operatorRows();
  expect([operator, more]).toEqual([expect.objectContaining({ email: FIRST.email, passwordSetBy: 'environment' }), []]);
  for (const { id } of [mine!, other!]) expect(await rolesAt(id)).toEqual([`${FIRST.email} owner`]);
  expect(await rolesAt(theirs!.id)).toEqual([`${staff.email} staff`]);
  const events = await em().find(Event, { portal: mine!.id });
  expect(events.map(({ type, actor, data }) => ({ type, actor, data }))).toEqual([
    { type: 'operator_added', actor: 'administrator', data: { operatorId: operator!.id, role: 'owner' } },
  ]);
});

test('a password that was changed meanwhile stays, and a later start finds the portals made since', async () => {
  await ensureFirstOperator(db.database, FIRST, silent);
  const [before] = await operatorRows();
  const portal = await insertPortal(db.database);
  await ensureFirstOperator(db.database, { ...FIRST, password: 'another one that nobody guesses' }, silent);
  const [after] = await operatorRows();
  expect(after!.passwordHash).toBe(before!.passwordHash);
  expect(await rolesAt(portal.id)).toEqual([`${FIRST.email} owner`]);
});

test('the API starts while Postgres is not there; once it is, the operator signs in, and owns each new portal', async () => {
  const own = await createTestDatabase();
  const name = new URL(own.url).pathname.slice(1);
  await onServer(`alter database "${name}" allow_connections false`);
  const lines: string[] = [];
  const logger = pino({}, { write: (line) => void lines.push(line) });
  const api = await startApi(
    readApiConfiguration({
      DATABASE_URL: own.url,
      LINK_KEYS: TEST_LINK_KEYS,
      PUBLIC_URL: 'http://localhost',
      HOST: '127.0.0.1',
      PORT: '0',
      ADMIN_API_KEY,
      OPERATOR_EMAIL: FIRST.email,
      OPERATOR_PASSWORD: FIRST.password,
    }),
    logger,
  );
  try {
    await eventually(() => lines.some((line) => line.includes('not made yet')), 'the first attempt');
    await onServer(`alter database "${name}" allow_connections true`);
    const origin = `http://127.0.0.1:${api.port}`;
    await eventually(async () => {
      const { status } = await apiClient(origin, ADMIN_API_KEY).post('/v1/portals', { slug: 'new', name: 'New' });
      return [201, 409].includes(status);
    }, 'the portal');
    const browser = consoleClient(origin);
    await eventually(async () => (await own.database.em.fork().count(PortalOperator, {})) > 0, 'the operator');
    await browser.signIn(FIRST.email, FIRST.password);
    expect((await browser.get('/console')).location).toBe('/console/new/users');
    const later = { slug: 'later', name: 'Later' };
    await apiClient(origin, ADMIN_API_KEY).post('/v1/portals', later).expecting(201);
    expect((await browser.get('/console')).html).toContain('/console/later/users');
    expect(lines.join('')).not.toMatch(/olga|nine small boats/i);
  } finally {
    await api.stop();
    await own.drop();
  }
});
