import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Invitations } from '../../commands/services.ts';
import type { ApiAnswer, ApiClient } from '../harness/api-client.ts';
import { submitPassword } from '../harness/confirm.ts';
import { coolDown, expectProblem, invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
beforeAll(async () => {
  stage = await setStage();
  ({ api } = await stage.openPortal());
});
afterAll(() => stage.close());

const workflowOf = (id: string) => stage.worker.client.workflow.getHandle(`invitation/${id}`);

test('deactivating before confirmation kills the link and ends the workflow', async () => {
  const { id, link, row, read, events, mails } = await invite(stage, api);
  const { body } = await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(body).toMatchObject({
    confirmationStatus: 'deactivated',
    deactivatedAt: expect.any(String),
    confirmedAt: null,
  });
  expect(body).toEqual(await read());
  expect(body.invitation.nextReminderAt).toBeNull();
  expect(await workflowOf(id).result()).toBe('deactivated');

  const page = await fetch(link);
  expect(page.status).toBe(410);
  expect(await page.text()).toContain('Your access has been withdrawn');
  expect((await submitPassword(link)).status).toBe(410);
  expect(await row()).toMatchObject({ passwordHash: null, pendingPasswordHash: null });
  expect((await events()).at(-1)).toBe('portal_user_deactivated');
  expect(mails()).toBe(1);
});

test('deactivating after confirmation takes access away at once and keeps the password for later', async () => {
  const { id, link, row, events, mails } = await invite(stage, api);
  expect((await submitPassword(link)).status).toBe(303);
  const { passwordHash, confirmedAt } = await row();
  const { body } = await api.post(`/users/${id}/deactivate`).expecting(200);
  expect(body).toMatchObject({ confirmationStatus: 'deactivated', confirmedAt: confirmedAt!.toISOString() });
  expect((await fetch(link)).status).toBe(410);
  expect((await row()).passwordHash).toBe(passwordHash);

  const back = (await api.post(`/users/${id}/reactivate`).expecting(202)).body;
  expect(back).toMatchObject({ confirmationStatus: 'confirmed', deactivatedAt: null, confirmedAt: body.confirmedAt });
  expect(await row()).toMatchObject({ passwordHash, confirmationStatus: 'confirmed', generation: 1 });
  expect((await fetch(link)).status).toBe(409);
  expect((await events()).slice(-2)).toEqual(['portal_user_deactivated', 'portal_user_reactivated']);
  await invite(stage, api); // mailed after anything that the reactivation could have caused
  expect(mails()).toBe(1);
});

test('deactivating twice, or from two places at once, is one deactivation', async () => {
  for (const confirmedFirst of [false, true]) {
    const { id, link, events } = await invite(stage, api);
    if (confirmedFirst) expect((await submitPassword(link)).status).toBe(303);
    const first = await Promise.all([1, 2, 3].map(() => api.post(`/users/${id}/deactivate`).expecting(200)));
    const again = await api.post(`/users/${id}/deactivate`).expecting(200);
    for (const { body } of first) expect(body).toEqual(again.body);
    expect((await events()).filter((type) => type === 'portal_user_deactivated')).toHaveLength(1);
  }
});

test('reactivating who had not confirmed invites anew, and every earlier link stays dead', async () => {
  const { id, link, read, row, linkOf, mails } = await invite(stage, api);
  await coolDown(stage, id);
  await api.post(`/users/${id}/re-invite`).expecting(202);
  const second = await linkOf(2);
  await api.post(`/users/${id}/deactivate`).expecting(200);
  const { firstExecutionRunId } = await runOf(id);
  await coolDown(stage, id);

  const { body } = await api.post(`/users/${id}/reactivate`).expecting(202);
  expect(body).toMatchObject({ confirmationStatus: 'not_confirmed', deactivatedAt: null });
  expect(body.invitation).toMatchObject({ generation: 3, linkExpiresAt: null, workflowId: `invitation/${id}` });
  const third = await linkOf(3);
  expect(mails()).toBe(3);
  expect((await runOf(id)).firstExecutionRunId).not.toBe(firstExecutionRunId);

  for (const dead of [link, second]) {
    expect((await fetch(dead)).status).toBe(410);
    expect((await submitPassword(dead)).status).toBe(410);
  }
  expect((await row()).pendingPasswordHash).toBeNull();
  expect((await submitPassword(third)).status).toBe(303);
  expect((await read()).confirmationStatus).toBe('confirmed');
});

async function runOf(id: string) {
  const { raw } = await workflowOf(id).describe();
  return { firstExecutionRunId: raw.workflowExecutionInfo!.firstRunId };
}

test('only who is deactivated can be reactivated, and from two places at once only once', async () => {
  const { id, link, linkOf, mails, read } = await invite(stage, api);
  const before = await read();
  expectProblem(await api.post(`/users/${id}/reactivate`), 409, 'not_deactivated');
  expect(await read()).toEqual(before);

  await api.post(`/users/${id}/deactivate`).expecting(200);
  await coolDown(stage, id);
  const answers = await Promise.all([1, 2, 3].map(() => api.post(`/users/${id}/reactivate`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409]);
  for (const answer of answers.filter(({ status }) => status === 409)) expectProblem(answer, 409, 'not_deactivated');
  expect((await fetch(await linkOf(2))).status).toBe(200);
  expect((await fetch(link)).status).toBe(410);
  expect(mails()).toBe(2);
});

type Person = Awaited<ReturnType<typeof invite>>;

/** Lets a deactivation happen at a chosen moment of a confirmation; answers what both were told. */
const RACES: [string, (person: Person) => Promise<[Response, ApiAnswer]>][] = [
  ['sent together', ({ id, link }) => Promise.all([submitPassword(link), api.post(`/users/${id}/deactivate`)])],
  [
    'with the deactivation a step ahead',
    async ({ id, link }) => {
      const deactivation = api.post(`/users/${id}/deactivate`);
      return [await submitPassword(link), await deactivation];
    },
  ],
  [
    'with the deactivation between the password and its confirmation',
    async ({ id, link }) => {
      const { invitations } = stage.services;
      let deactivation: ApiAnswer | undefined;
      const confirm: typeof invitations.confirm = async (user) => {
        deactivation = await api.post(`/users/${id}/deactivate`);
        return invitations.confirm(user);
      };
      return [await withInvitations({ confirm }, () => submitPassword(link)), deactivation!];
    },
  ],
  [
    'with the confirmation just before the deactivation reaches the workflow',
    async ({ id, link }) => {
      const { invitations } = stage.services;
      let confirmation: Response | undefined;
      const deactivate: typeof invitations.deactivate = async (user, actor) => {
        confirmation = await submitPassword(link);
        return invitations.deactivate(user, actor);
      };
      const answer = await withInvitations({ deactivate }, () => api.post(`/users/${id}/deactivate`));
      return [confirmation!, answer];
    },
  ],
];

async function withInvitations<T>(changed: Partial<Invitations>, work: () => Promise<T>): Promise<T> {
  const { invitations } = stage.services;
  stage.services.invitations = { ...invitations, ...changed };
  try {
    return await work();
  } finally {
    stage.services.invitations = invitations;
  }
}

test.each(RACES)(
  'of a confirmation and a deactivation %s, one is first and both answers tell the truth',
  async (_title, race) => {
    const person = await invite(stage, api);
    const [page, { status, body }] = await race(person);
    expect([status, body.confirmationStatus]).toEqual([200, 'deactivated']);
    const { confirmationStatus, confirmedAt, passwordHash, pendingPasswordHash } = await person.row();
    expect([confirmationStatus, pendingPasswordHash]).toEqual(['deactivated', null]);

    const told = (await person.events()).filter((type) => /confirmed|deactivated/.test(type));
    const confirmed = page.status === 303;
    expect(page.status).toBe(confirmed ? 303 : 410);
    expect(told).toEqual([...(confirmed ? ['portal_user_confirmed'] : []), 'portal_user_deactivated']);
    expect([confirmedAt !== null, passwordHash !== null]).toEqual([confirmed, confirmed]);
  },
);
