import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { onServer } from '../harness/test-database.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  const name = new URL(stage.db.url).pathname.slice(1);
  await onServer(`alter database "${name}" set default_transaction_read_only = ${value}`);
  await onServer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
}

test('with Postgres read-only calls say 503 and when to try again, /readyz is not ready, and all goes on afterwards', async () => {
  const { api } = await stage.openPortal();
  await api.post('/users', { email: 'jane@example.com', name: 'Jane' }).expecting(201);
  const { link } = await stage.sink.mailTo('jane@example.com');

  await setReadOnly('on');
  const readiness = async () => (await (await fetch(`${stage.url}/readyz`)).json()) as { postgres: boolean };
  await eventually(async () => (await readiness()).postgres === false, 'the refused connections');
  const refused = await api.post('/users', { email: 'late@example.com', name: 'Late' }).expecting(503);
  expect(refused.body).toMatchObject({ code: 'unavailable' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const page = await submitPassword(link);
  expect([page.status, Number(page.headers.get('retry-after')) > 0]).toEqual([503, true]);
  expect(await page.text()).toContain('Your link stays valid');
  expect((await fetch(`${stage.url}/readyz`)).status).toBe(503);
  expect(await readiness()).toEqual({ postgres: false, temporal: true });

  await setReadOnly('off');
  await eventually(async () => (await readiness()).postgres === true, 'the new connections');
  expect((await submitPassword(link)).status).toBe(303);
  await api.post('/users', { email: 'late@example.com', name: 'Late' }).expecting(201);
});
