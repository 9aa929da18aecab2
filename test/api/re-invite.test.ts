import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiAnswer, ApiClient } from '../harness/api-client.ts';
import { PASSWORD, submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { coolDown, expectProblem, expireLink, invite, mailed, newAddress } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal({ reInviteCooldownSeconds: 600, reInviteDailyCap: 3 }));
});
afterAll(() => stage.close());

test('re-inviting mails a new link with full validity and kills the previous one', async () => {
  const { id, link, row, read, linkOf, mails, events } = await invite(stage, api);
  await expireLink(stage, id);
  await coolDown(stage, id);
  expect((await fetch(link)).status).toBe(410);

  await api.post(`/users/${id}/re-invite`).expecting(202);
  const fresh = await linkOf(2);
  expect(fresh).not.toBe(link);
  expect(mails()).toBe(2);
  const { generation, lastSentAt, linkExpiresAt } = await row();
  expect(generation).toBe(2);
  expect(linkExpiresAt!.getTime() - lastSentAt!.getTime()).toBe(7 * 86_400_000);
  expect((await read()).invitation).toMatchObject({ generation: 2, linkExpired: false, delivery: 'sent' });

  const old = await fetch(link);
  expect(old.status).toBe(410);
  expect(await old.text()).toContain('There is a newer link');
  expect((await submitPassword(link)).status).toBe(410);
  expect((await row()).pendingPasswordHash).toBeNull();
  expect((await submitPassword(fresh)).status).toBe(303);
  expect((await events()).slice(-4)).toEqual([
    'invitation_sent',
    'portal_user_re_invited',
    'invitation_sent',
    'portal_user_confirmed',
  ]);
});

test('within the cool-down a re-invite is refused, and says for how long', async () => {
  const { id, read, mails } = await invite(stage, api);
  const before = await read();
  const answer = await api.post(`/users/${id}/re-invite`);
  expectProblem(answer, 429, 're_invite_too_soon');
  const wait = Number(answer.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(590);
  expect(wait).toBeLessThanOrEqual(600);
  expect(answer.body.retryAfter).toBe(wait);
  expect(await read()).toEqual(before);
  expect(mails()).toBe(1);
});

test('the cool-down ends when it says, not before', async () => {
  const { id, linkOf } = await invite(stage, api);
  await coolDown(stage, id, 540);
  const early = await api.post(`/users/${id}/re-invite`);
  expectProblem(early, 429, 're_invite_too_soon');
  const wait = Number(early.headers.get('retry-after'));
  expect(wait).toBeLessThanOrEqual(60);
  await coolDown(stage, id, wait);
  await api.post(`/users/${id}/re-invite`).expecting(202);
  await linkOf(2);
});

test('without a cool-down a re-invite is taken at once', async () => {
  const { api: eager } = await stage.openPortal({ reInviteCooldownSeconds: 0 });
  const { id, linkOf } = await invite(stage, eager);
  await eager.post(`/users/${id}/re-invite`).expecting(202);
  expect((await fetch(await linkOf(2))).status).toBe(200);
});

test('a double click mails once', async () => {
  const { id, row, mails } = await invite(stage, api);
  await coolDown(stage, id);
  const clicks = await Promise.all(Array.from({ length: 5 }, () => api.post(`/users/${id}/re-invite`)));
  for (const click of clicks) {
    if (click.status !== 202) expectProblem(click, 429, 're_invite_too_soon');
  }
  expect(clicks.map(({ status }) => status)).toContain(202);
  await mailed(stage, id, 2);
  expect((await row()).generation).toBe(2);
  expect(mails()).toBe(2);
});

test('a click while the e-mail of the last one is on its way is too soon', async () => {
  const { id, row, mails } = await invite(stage, api);
  await coolDown(stage, id);
  let second: ApiAnswer | undefined;
  stage.sink.onMail = async () => {
    delete stage.sink.onMail;
    second = await api.post(`/users/${id}/re-invite`);
  };
  await api.post(`/users/${id}/re-invite`).expecting(202);
  await eventually(async () => (await row()).emailsSent > 1, 'the e-mail');
  expectProblem(second!, 429, 're_invite_too_soon');
  expect((await row()).generation).toBe(2);
  expect(mails()).toBe(2);
});

test('the daily cap counts re-invites within 24 hours, and says when the next is possible', async () => {
  const { id, linkOf, row } = await invite(stage, api);
  for (let n = 2; n <= 4; n += 1) {
    await coolDown(stage, id);
    await api.post(`/users/${id}/re-invite`).expecting(202);
    await linkOf(n);
  }
  await coolDown(stage, id);
  const answer = await api.post(`/users/${id}/re-invite`);
  expectProblem(answer, 429, 're_invite_cap_reached');
  const wait = Number(answer.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(86_000);
  expect(wait).toBeLessThanOrEqual(86_400);
  expect((await row()).generation).toBe(4);

  await stage.db.database.em
    .fork()
    .execute(
      "update invitation_emails set queued_at = queued_at - interval '1 day' where portal_user_id = ? and generation = 2",
      [id],
    );
  await api.post(`/users/${id}/re-invite`).expecting(202);
  await linkOf(5);
});

test('who has confirmed, or is deactivated, is not re-invited', async () => {
  const confirmed = await invite(stage, api);
  expect((await submitPassword(confirmed.link, PASSWORD)).status).toBe(303);
  const deactivated = await invite(stage, api);
  await api.post(`/users/${deactivated.id}/deactivate`).expecting(200);

  for (const [person, code] of [
    [confirmed, 'already_confirmed'],
    [deactivated, 'deactivated'],
  ] as const) {
    const before = await person.read();
    await coolDown(stage, person.id);
    expectProblem(await api.post(`/users/${person.id}/re-invite`), 409, code);
    expect((await person.read()).invitation.generation).toBe(before.invitation.generation);
    expect(person.mails()).toBe(1);
  }
});

test('who was refused by the mail server can be re-invited at once', async () => {
  const email = newAddress();
  stage.sink.mood = { code: 550, text: 'No such mailbox', at: 'RCPT' };
  const { id } = (await api.post('/users', { email, name: 'Jane' }).expecting(201)).body;
  const delivery = async () => (await api.get(`/users/${id}`)).body.invitation.delivery;
  await eventually(async () => (await delivery()) === 'bounced', 'the refusal');
  stage.sink.mood = null;

  await api.post(`/users/${id}/re-invite`).expecting(202);
  const { link } = await stage.sink.mailTo(email);
  await mailed(stage, id, 1);
  expect((await submitPassword(link)).status).toBe(303);
});
