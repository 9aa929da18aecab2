import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { liveThrough, OUTAGE_MODES } from '../harness/faults/outage.ts';
import { report } from '../harness/faults/report.ts';
import { createRandom } from '../harness/faults/seed.ts';

const outages: Parameters<typeof report>[1] = {};
const random = createRandom('temporal-away');
let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage();
});
afterAll(async () => {
  report('temporal away for 60 s', outages);
  await stage.close();
});

test.each(OUTAGE_MODES)('Temporal away (%s)', async (mode) => {
  const outage = { name: `temporal-${mode}`, relay: stage.relays.temporal, mode, random };
  const { figures, users, expectedUsers, ...wrong } = await liveThrough(stage, {
    ...outage,
    needing: ['/readyz', 'confirm', 're-invite', 'deactivate'],
  });
  outages[mode] = figures;
  expect(wrong).toEqual({ unexpected: [], untrue: [], contradictions: [] });
  expect(users).toBe(expectedUsers);
});
