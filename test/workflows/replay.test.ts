import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { silenceTemporal } from '../harness/test-worker.ts';

const HISTORIES = new URL('./histories/', import.meta.url);

silenceTemporal();

test.each(readdirSync(HISTORIES))('the recorded history %s replays on today’s code', async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(new URL(file, HISTORIES), 'utf8')));
  const bundle = { codePath: process.env.TEST_WORKFLOW_BUNDLE! };
  await expect(
    Worker.runReplayHistory({ workflowBundle: bundle }, history, 'invitation/replayed'),
  ).resolves.toBeUndefined();
});
