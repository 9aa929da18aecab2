import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { SIGNALS } from '../../vocabulary/workflows.ts';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import { decodePayloads } from '../harness/decode-payloads.ts';
import { eventually } from '../harness/eventually.ts';
import { type Engine, invite, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

test('no personal data and no token enters the history, the search attributes or the description', async () => {
  engine.sink.mood = { code: 550, text: 'No such mailbox: <jane.doe@example.com>', at: 'RCPT' };
  const { handle, id, email, mail, event, delivered } = await invite(engine);
  await event('invitation_bounced');
  engine.sink.mood = { code: 451, text: `Try later, <${email}>`, at: 'RCPT' };
  await handle.signal(reInviteSignal);
  await event('invitation_deferred');
  engine.sink.mood = null;
  await delivered();
  await handle.signal(confirmSignal, { generation: 2 });
  await handle.result();

  const everything = historyToJSON(await handle.fetchHistory()) + JSON.stringify((await handle.describe()).raw);
  const readable = everything + decodePayloads(everything);
  expect(readable).toContain(id);
  for (const secret of [email, 'Jane', 'Doe', 'mailbox', (await mail()).link.split('/').at(-1)!]) {
    expect(readable).not.toContain(secret);
  }
});

test('operators find an invitation by portal and status, and read where it stands', async () => {
  const { handle, id, delivered } = await invite(engine);
  await delivered();
  const waiting = await handle.describe();
  expect(waiting.searchAttributes).toMatchObject({
    ConfirmationStatus: ['not_confirmed'],
    PortalId: [expect.any(String)],
  });
  expect(await waiting.staticSummary()).toMatch(/^Invitation of portal user /);
  const { publicUrl } = engine.worker.dependencies;
  expect(await waiting.staticDetails()).toBe(`[Open in the console](${publicUrl}/console/portal-user/${id})`);
  const metadata = (await handle.query('__temporal_workflow_metadata')) as {
    currentDetails: string;
    definition: { signalDefinitions: { name: string; description: string }[] };
  };
  expect(metadata.currentDetails).toMatch(/^\*\*Not Confirmed\.\*\* Confirmation link 1\. Next: reminder 1 at 20/);
  const described = metadata.definition.signalDefinitions.filter(({ name }) => name in SIGNALS);
  expect(described.map(({ name }) => name).toSorted()).toEqual(Object.keys(SIGNALS).toSorted());
  for (const { description } of described) expect(description).not.toBe('');

  await handle.signal(deactivateSignal);
  await handle.result();
  const ended = (await handle.query('__temporal_workflow_metadata')) as { currentDetails: string };
  expect(ended.currentDetails).toMatch(/^\*\*Deactivated\.\*\*/);
  expect((await handle.describe()).searchAttributes).toMatchObject({ ConfirmationStatus: ['deactivated'] });
});

test('signals sent by hand without arguments work', async () => {
  const { handle, row, delivered } = await invite(engine);
  await delivered();
  await handle.signal('reInvite');
  await delivered(2);
  await handle.signal('confirm');
  expect(await handle.result()).toBe('confirmed');
  expect(await row()).toMatchObject({ generation: 2, confirmationStatus: 'confirmed', passwordHash: null });
});

test('a workflow cancelled by hand leaves the row as it is', async () => {
  const { handle, row, delivered } = await invite(engine);
  await delivered();
  await handle.cancel();
  await eventually(async () => (await handle.describe()).status.name === 'CANCELLED', 'the cancellation');
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed' });
});
