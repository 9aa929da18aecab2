import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { liveThrough } from '../harness/faults/outage.ts';
import { OUTAGE_MODES } from '../harness/faults/outage-clients.ts';
import { report } from '../harness/faults/report.ts';
import { createRandom } from '../harness/faults/seed.ts';

const outages: Parameters<typeof report>[1] = {};
const random = createRandom('temporal-away');
let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage();
  stage.relays.temporal.cutWithinMs = 60; // shorter than the API waits for an answer
});
afterAll(async () => {
  report('Temporal away for 60 s', outages);
  await stage.close();
});

test.each(OUTAGE_MODES)(
  'Temporal away for a minute (%s): what clients are told is true, and all of it is carried out',
  async (mode) => {
    const outage = { name: `temporal-${mode}`, relay: stage.relays.temporal, mode, random };
    const { figures, users, expectedUsers, ...wrong } = await liveThrough(stage, {
      ...outage,
      needing: ['/readyz', 'confirm', 're-invite', 'deactivate'],
    });
    outages[mode] = figures;
    expect(wrong).toEqual({ unexpected: [], untrue: [], contradictions: [] });
    expect(users).toBe(expectedUsers);
  },
);
