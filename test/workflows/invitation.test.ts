import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { confirmSignal, deactivateSignal, reInviteSignal } from '../../workflows/handle-signals.ts';
import type { invitation } from '../../workflows/invitation.ts';
import { eventually } from '../harness/eventually.ts';
import { type Engine, invite, keepHistory, startEngine } from '../harness/workflow-engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

test('an invitation mails the link, waits, and ends with its confirmation', async () => {
  const { handle, mail, row, events, delivered } = await invite(engine);
  const { link } = await mail();
  expect(link).toMatch(/^http:\/\/portal\.example\/confirm\/[\w-]{71}$/);
  await delivered();
  expect(await row()).toMatchObject({ confirmationStatus: 'not_confirmed', delivery: 'sent', generation: 1 });

  await handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });

  expect(await handle.result()).toBe('confirmed');
  expect(await row()).toMatchObject({ confirmationStatus: 'confirmed', confirmedAt: expect.any(Date) });
  expect(await events()).toEqual(['invitation_sent', 'portal_user_confirmed']);
  await keepHistory('confirmed', { handle });
});

test('start, send, confirm and complete cost at most 18 events and 3 workflow tasks', async () => {
  const { handle, delivered } = await invite(engine);
  await delivered();
  await handle.signal(confirmSignal);
  await handle.result();

  const { events } = await handle.fetchHistory();
  const tasks = events!.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes);
  expect(events!.length).toBeLessThanOrEqual(18);
  expect(tasks.length).toBeLessThanOrEqual(3);
});

test('a re-invite mails a new link with full validity', async () => {
  const { handle, mail, row, events, delivered } = await invite(engine);
  await delivered();
  const first = await row();

  await handle.signal(reInviteSignal, { supersedes: 1, actor: 'api_key/someone' });
  await delivered(2);

  const second = await row();
  expect(second.generation).toBe(2);
  expect(second.linkExpiresAt!.getTime()).toBeGreaterThan(first.linkExpiresAt!.getTime());
  expect((await mail(2)).link).not.toBe((await mail(1)).link);
  expect((await mail(2)).messageId).not.toBe((await mail(1)).messageId);
  await handle.signal(deactivateSignal);
  expect(await handle.result()).toBe('deactivated');
  expect(await events()).toEqual([
    'invitation_sent',
    'portal_user_re_invited',
    'invitation_sent',
    'portal_user_deactivated',
  ]);
  await keepHistory('re-invited-and-deactivated', { handle });
});

test('a reminder mails the same link; an expired link is recorded once; a re-invite revives', async () => {
  const policy = { linkValiditySeconds: 6, remindersAfterSeconds: [1, 4] };
  const { handle, mail, row, events, event, delivered } = await invite(engine, policy);

  await event('invitation_link_expired');
  expect(await events()).toEqual([
    'invitation_sent',
    'invitation_reminder_sent',
    'invitation_reminder_sent',
    'invitation_link_expired',
  ]);
  expect((await mail(2)).link).toBe((await mail(1)).link);
  expect((await mail(2)).subject).toMatch(/^Reminder/);
  expect((await mail(2)).messageId).not.toBe((await mail(1)).messageId);
  expect(await row()).toMatchObject({ emailsSent: 3, nextReminderAt: null, confirmationStatus: 'not_confirmed' });

  await handle.signal(reInviteSignal);
  await delivered(4);
  expect((await row()).nextReminderAt).toEqual(expect.any(Date));
  await handle.signal(confirmSignal, { generation: 2 });
  expect(await handle.result()).toBe('confirmed');
  await keepHistory('reminded-expired-revived', { handle });
});

test('signals that no longer apply change nothing and are recorded', async () => {
  const { handle, row, events, event, delivered } = await invite(engine);
  await delivered();
  await handle.signal(reInviteSignal, { supersedes: 1 });
  await handle.signal(reInviteSignal, { supersedes: 1, actor: 'api_key/twice' });
  await delivered(2);
  await handle.signal(confirmSignal, { generation: 1, actor: 'portal_user' });
  await event('signal_ignored');

  expect(await row()).toMatchObject({ generation: 2, emailsSent: 2, confirmationStatus: 'not_confirmed' });
  await handle.signal(confirmSignal, { generation: 2 });
  await handle.result();
  expect((await events()).filter((type) => type === 'signal_ignored')).toHaveLength(2);
  await keepHistory('ignored-signals', { handle });
});

test('a confirmation and a deactivation at the same moment deactivate, whichever is first', async () => {
  const { handle, row, events, delivered } = await invite(engine);
  await delivered();
  await Promise.all([handle.signal(confirmSignal), handle.signal(deactivateSignal)]);

  expect(await handle.result()).toBe('deactivated');
  expect(await row()).toMatchObject({ confirmationStatus: 'deactivated' });
  expect((await events()).filter((type) => type === 'portal_user_deactivated')).toHaveLength(1);
});

test('a long history is continued in a new run and no signal is lost', async () => {
  const { handle, row, delivered } = await invite(engine);
  await delivered();
  const { runId: firstRun } = await handle.describe();
  const newest = engine.worker.client.workflow.getHandle<typeof invitation>(handle.workflowId);
  const rounds = 12;
  for (let round = 1; round <= rounds; round += 1) {
    await Promise.all([newest.signal(reInviteSignal), newest.signal(reInviteSignal), newest.signal(reInviteSignal)]);
    await eventually(async () => (await row()).generation === 3 * round + 1, 'the last re-invite of the round');
  }

  expect((await newest.describe()).runId).not.toBe(firstRun);
  await newest.signal(confirmSignal, { generation: 3 * rounds + 1 });
  expect(await newest.result()).toBe('confirmed');
  expect(await row()).toMatchObject({ generation: 3 * rounds + 1, confirmationStatus: 'confirmed' });
  await keepHistory('continued', { handle: newest });
});
