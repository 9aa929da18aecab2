import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase } from '../../db/database.ts';
import { migrate } from '../../db/migrate.ts';
import { freePort } from '../../embedded/ports.ts';
import { type RunningPostgres, startPostgres } from '../../embedded/postgres.ts';
import { confirmSignal } from '../../workflows/handle-signals.ts';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let dataDir: string;
let start: () => Promise<RunningPostgres>;
let postgres: RunningPostgres;
let stage: Stage;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'postgres-down-'));
  const port = await freePort();
  start = () => startPostgres({ dataDir: join(dataDir, 'postgres'), port, password: 'test', fast: true });
  postgres = await start();
  const migrating = await openDatabase(postgres.url, { patient: true });
  await migrate(migrating);
  await migrating.close();
  const database = await openDatabase(postgres.url);
  stage = await setStage({ db: { database, url: postgres.url, drop: () => database.close() } });
});

afterAll(async () => {
  await stage.close();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('with Postgres down every call says so, workflows wait, and all goes on when it is back', async () => {
  const { api, slug } = await stage.openPortal();
  const { id, invitation } = (await api.post('/users', { email: 'jane@example.com', name: 'Jane' }).expecting(201))
    .body;
  const { link } = await stage.sink.mailTo('jane@example.com');
  await eventually(async () => (await api.get(`/users/${id}`)).body.invitation.emailsSent === 1, 'the delivery');

  await postgres.stop();

  for (const call of [api.get('/users'), api.post('/users', { email: 'x@example.com', name: 'X' })]) {
    const refused = await call.expecting(503);
    expect(refused.body).toMatchObject({ code: 'unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const page = await fetch(link);
  expect(page.status).toBe(503);
  expect(await page.text()).toContain('Your link stays valid');
  expect(await (await fetch(`${stage.url}/readyz`)).json()).toEqual({ postgres: false, temporal: true });
  expect((await fetch(`${stage.url}/healthz`)).status).toBe(200);

  const handle = stage.worker.client.workflow.getHandle(invitation.workflowId);
  await handle.signal(confirmSignal, { generation: 1 });
  await eventually(async () => (await handle.describe()).raw.pendingActivities?.length === 1, 'the retried record');

  postgres = await start();

  expect(await handle.result()).toBe('confirmed');
  expect((await api.get(`/users/${id}`)).body).toMatchObject({ confirmationStatus: 'confirmed' });
  expect((await fetch(link)).status).toBe(409);
  expect((await stage.admin.get(`/v1/portals/${slug}`)).body.enabled).toBe(true);
});
