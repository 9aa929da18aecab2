import { expect, test } from '@jest/globals';
import { SendingTurns } from '../../../activities/mail-server/sending-turns.ts';
import { eventually } from '../../harness/eventually.ts';

const never = new AbortController().signal;
const LIMITS = { ofMailServer: 3, ofPortal: 2, patienceMs: 20, slowMs: 3_600_000 };

test('a portal has so many sends under way, the mail server so many in all, and one that ends makes room', async () => {
  const turns = new SendingTurns(LIMITS);
  const first = await turns.wait('a', never);
  const second = await turns.wait('a', never);
  expect(await turns.wait('a', never)).toBeUndefined();
  expect(await turns.wait('b', never)).toBeDefined();
  expect(await turns.wait('c', never)).toBeUndefined();
  first!.end(true);
  expect(await turns.wait('a', never)).toBeDefined();
  second!.end(false);
  expect(await turns.wait('c', never)).toBeDefined();
});

test('a send that waits begins as soon as another ends', async () => {
  const turns = new SendingTurns({ ...LIMITS, ofPortal: 1, patienceMs: 30_000 });
  const first = await turns.wait('a', never);
  const waiting = turns.wait('a', never);
  first!.end(true);
  expect(await waiting).toBeDefined();
});

test('a send that is cancelled waits no longer', async () => {
  const turns = new SendingTurns({ ...LIMITS, ofPortal: 1, patienceMs: 3_600_000 });
  await turns.wait('a', never);
  const cancelling = new AbortController();
  const waiting = turns.wait('a', cancelling.signal);
  cancelling.abort();
  expect(await waiting).toBeUndefined();
});

test('while all sends hang, one more tries now and then, and a reply to it makes room for all', async () => {
  const turns = new SendingTurns({ ...LIMITS, ofMailServer: 2, slowMs: 100 });
  for (const portal of ['a', 'a']) expect(await turns.wait(portal, never)).toBeDefined();
  const attempt = await eventually(() => turns.wait('b', never), 'a turn beyond the limit');
  expect(await turns.wait('b', never)).toBeUndefined();
  attempt.end(true);
  expect(await turns.wait('b', never)).toBeDefined();
  expect(await turns.wait('c', never)).toBeDefined();
  expect(await turns.wait('d', never)).toBeUndefined();
});

test('a send that hangs, too, makes no room', async () => {
  const turns = new SendingTurns({ ...LIMITS, ofMailServer: 2, slowMs: 100 });
  for (const portal of ['a', 'a']) expect(await turns.wait(portal, never)).toBeDefined();
  const attempt = await eventually(() => turns.wait('b', never), 'a turn beyond the limit');
  attempt.end(false);
  expect(await turns.wait('b', never)).toBeUndefined();
});
