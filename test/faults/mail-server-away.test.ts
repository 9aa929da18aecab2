import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FaultStage, setFaultStage } from '../harness/faults/fault-stage.ts';
import { liveThrough } from '../harness/faults/outage.ts';
import { OUTAGE_MODES } from '../harness/faults/outage-clients.ts';
import { report } from '../harness/faults/report.ts';
import { createRandom } from '../harness/faults/seed.ts';

const outages: Parameters<typeof report>[1] = {};
const random = createRandom('mail-server-away');
let stage: FaultStage;
beforeAll(async () => {
  stage = await setFaultStage();
  stage.relays.mailServer.cutWithinMs = 120; // as long as a conversation takes: any reply may be lost
  stage.sink.onMail = () => sleep(random.below(100));
});
afterAll(async () => {
  report('The mail server away for 60 s', outages);
  await stage.close();
});

test.each(OUTAGE_MODES)(
  'the mail server away for a minute (%s): what clients are told is true, and all of it is carried out',
  async (mode) => {
    const outage = { name: `mail-server-${mode}`, relay: stage.relays.mailServer, mode, random };
    const { figures, users, expectedUsers, ...wrong } = await liveThrough(stage, { ...outage, needing: [] });
    outages[mode] = figures;
    expect(wrong).toEqual({ unexpected: [], untrue: [], contradictions: [] });
    expect(users).toBe(expectedUsers);
  },
);
