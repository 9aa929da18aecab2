import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FAULTS_ADMIN_KEY, type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { liveRecognisably } from '../harness/faults/recognisable-life.ts';
import { report } from '../harness/faults/report.ts';
import { type Needle, scanForPersonalData } from '../harness/faults/scan-for-personal-data.ts';

const OWNER = { email: 'wolstenholme@owners.example', password: 'forty copper whales hum slowly' };
const SECRETS = ['token', 'session id', 'password', 'API key'] as const;

const PLANTED: Needle = { kind: 'password', text: 'a hundred planted Fitzwilliams' };

let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage({ env: { OPERATOR_EMAIL: OWNER.email, OPERATOR_PASSWORD: OWNER.password } });
});
afterAll(() => stage?.close());

test('personal data is in Postgres and nowhere else, and secrets are nowhere', async () => {
  const needles: Needle[] = [
    { kind: 'API key', text: FAULTS_ADMIN_KEY },
    { kind: 'address', text: OWNER.email },
    { kind: 'password', text: OWNER.password },
  ];
  needles.push(...(await liveRecognisably(stage, 'info', OWNER)));
  for (const [name, script] of Object.entries({ api: 'api/main.ts', worker: 'worker/main.ts' })) {
    await stage.processes.stop(name);
    await stage.processes.start(name, script, { env: { LOG_LEVEL: 'debug' } });
  }
  needles.push(...(await liveRecognisably(stage, 'debug', OWNER)));

  const planted = await plantLeaks();
  const { table, leaks, found } = await scanForPersonalData(stage, needles);
  const kinds = Object.entries(Object.groupBy(needles, ({ kind }) => kind));
  report('Personal data: what is looked for', Object.fromEntries(kinds.map(([kind, all]) => [kind, all.length])));
  report('Personal data: where it is', table);
  expect(leaks).toEqual([]);
  // The scan is not blind: it finds what may be in a place, and what was put there for it.
  const total = (kind: Needle['kind']) => needles.filter((needle) => needle.kind === kind).length;
  for (const kind of ['name', 'note', 'request', 'file name'] as const)
    expect([kind, found(kind, 'Postgres')]).toEqual([kind, total(kind)]);
  expect(found('address', 'Postgres')).toBeGreaterThan(30);
  expect(found('id', 'Temporal')).toBeGreaterThan(30);
  expect(found('id', 'logs')).toBeGreaterThan(0);
  for (const kind of SECRETS) expect(total(kind)).toBeGreaterThan(3);
  expect((await scanForPersonalData(stage, [PLANTED])).leaks.sort()).toEqual(planted.sort());
});

/** Puts a password where none may be, each time in another form. @returns what the scan says of them */
async function plantLeaks(): Promise<string[]> {
  const { text } = PLANTED;
  const ends = (before: string) => Buffer.from(`${before}${text}.`);
  await stage.sql('create table planted (secret bytea)');
  await stage.sql('insert into planted values ($1)', [ends('')]);
  for (const [n, before] of ['', '-', '--'].entries())
    appendFileSync(join(stage.folder, `planted-${n}.log`), `{"failure":"${ends(before).toString('base64')}"}\n`);
  appendFileSync(join(stage.folder, 'planted-address.log'), `GET /?typed=${encodeURIComponent(text)}\n`);
  const inTemporal = { workflowId: 'planted', taskQueue: 'nobody', args: [{ typed: ends('').toString() }] };
  await stage.client.workflow.start('nothing', inTemporal);
  const logs = ['planted-0.log', 'planted-1.log', 'planted-2.log', 'planted-address.log'];
  const places = [
    'Postgres, planted',
    ...logs.map((name) => `logs, ${name}`),
    ...['Temporal, history_node', 'Temporal, temporal.db'],
  ];
  return places.map((where) => `${where}: the password ${text}`);
}
