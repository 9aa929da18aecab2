import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BulkAction, Portal } from '../../db/entities/index.ts';
import { submitPassword } from '../harness/confirm.ts';
import type { ConsoleClient } from '../harness/console-client.ts';
import { eventually } from '../harness/eventually.ts';
import { coolDown, invite } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

async function openActions(settings: Record<string, unknown> = {}) {
  const opened = await openConsole(stage, { role: 'staff', ...settings });
  const { client, slug } = opened;
  const actions = `/console/${slug}/bulk-actions`;
  return {
    ...{ ...opened, actions },
    /** The lines of the question before an action, as text. */
    async ask(fields: Record<string, string | string[]>): Promise<string[]> {
      const { html, status } = await client.post(`${actions}/question`, fields);
      expect(status).toBe(200);
      return [...html.matchAll(/<li>(<strong>.*?)<\/li>/g)].map(([, line]) => line!.replace(/<[^>]+>/g, ''));
    },
    /** Answers yes, and waits for the end. @returns what the result page says */
    async act(fields: Record<string, string | string[]>, id: string = randomUUID()): Promise<string> {
      const { status, location } = await client.post(actions, { id, ...fields });
      expect(status).toBe(303);
      return finished(client, location!);
    },
  };
}

async function finished(client: ConsoleClient, address: string): Promise<string> {
  return eventually(async () => {
    const { html } = await client.get(address);
    return html.includes('Finished:') ? html : undefined;
  }, 'the end of the bulk action');
}

/** The result beside each e-mail address. */
function resultsOf(html: string): Record<string, string> {
  const rows = html.matchAll(
    /<td data-label="E-mail"><bdi>(.*?)<\/bdi><\/td>\s*<td data-label="Result"><span[^>]*>(.*?)<\/span>/g,
  );
  return Object.fromEntries([...rows].map(([, email, words]) => [email, words]));
}

test('the question says what will happen to how many, and the result tells each row why nothing was done', async () => {
  const { api, ask, act } = await openActions();
  const [fresh, cool, confirmed, gone] = await Promise.all([1, 2, 3, 4].map(() => invite(stage, api)));
  await coolDown(stage, cool!.id);
  await submitPassword(confirmed!.link);
  await api.post(`/users/${gone!.id}/deactivate`).expecting(200);
  const ids = [fresh, cool, confirmed, gone].map((user) => user!.id);

  const lines = await ask({ action: 're_invite', ids });
  expect(lines[0]).toBe('1 will be mailed a new link, and every earlier link stops working');
  expect(lines.slice(1).toSorted()).toEqual([
    '1 is already confirmed',
    '1 is deactivated',
    expect.stringMatching(/^1 was mailed (\d+ seconds? ago|just now); again in (\d+ seconds|1 minute)$/),
  ]);

  const html = await act({ action: 're_invite', ids });
  expect(resultsOf(html)).toEqual({
    [fresh!.email]: 'Nothing done: the last e-mail was sent only a moment ago',
    [cool!.email]: 'A new link was mailed or is on its way',
    [confirmed!.email]: 'Nothing done: confirmed already',
    [gone!.email]: 'Nothing done: deactivated; reactivate instead',
  });
  await cool!.linkOf(2);
  expect((await cool!.events()).filter((type) => type === 'portal_user_re_invited')).toHaveLength(1);
  expect(fresh!.mails()).toBe(1);
});

test('deactivating takes access away from whoever has it, reactivating gives it back', async () => {
  const { api, ask, act, operator } = await openActions();
  const [waiting, confirmed] = await Promise.all([invite(stage, api), invite(stage, api)]);
  await coolDown(stage, waiting.id);
  await submitPassword(confirmed.link);
  const ids = [waiting.id, confirmed.id];

  expect(await ask({ action: 'deactivate', ids })).toEqual(['2 will lose their access']);
  await act({ action: 'deactivate', ids });
  for (const { read } of [waiting, confirmed]) expect((await read()).confirmationStatus).toBe('deactivated');
  expect(await ask({ action: 'deactivate', ids })).toEqual(['2 are deactivated already']);

  expect((await ask({ action: 'reactivate', ids })).toSorted()).toEqual([
    '1 will be Confirmed again',
    '1 will be mailed a new invitation',
  ]);
  await act({ action: 'reactivate', ids });
  expect((await confirmed.read()).confirmationStatus).toBe('confirmed');
  expect((await waiting.read()).confirmationStatus).toBe('not_confirmed');
  await waiting.linkOf(2);
  const { body } = await api.get(`/users/${waiting.id}/events`);
  const actors = (body.data as { type: string; actor: string }[]).filter(({ type }) => /activated/.test(type));
  expect(actors.map(({ actor }) => actor)).toEqual([`operator/${operator.id}`, `operator/${operator.id}`]);
});

test('reactivating mails no user within the cool-down, and says so beforehand and afterwards', async () => {
  const { api, ask, act } = await openActions();
  const [fresh, cool, confirmed] = await Promise.all([1, 2, 3].map(() => invite(stage, api)));
  await submitPassword(confirmed!.link);
  const ids = [fresh, cool, confirmed].map((user) => user!.id);
  for (const id of ids) await api.post(`/users/${id}/deactivate`).expecting(200);
  await coolDown(stage, cool!.id);

  expect((await ask({ action: 'reactivate', ids })).toSorted()).toEqual([
    expect.stringMatching(/^1 was mailed (\d+ seconds? ago|just now); again in (\d+ seconds|1 minute)$/),
    '1 will be Confirmed again',
    '1 will be mailed a new invitation',
  ]);
  expect(resultsOf(await act({ action: 'reactivate', ids }))).toEqual({
    [fresh!.email]: 'Nothing done: the last e-mail was sent only a moment ago',
    [cool!.email]: 'Reactivated',
    [confirmed!.email]: 'Reactivated',
  });
  await cool!.linkOf(2);
  expect((await fresh!.read()).confirmationStatus).toBe('deactivated');
  expect([fresh!.mails(), cool!.mails()]).toEqual([1, 2]);
});

test('saying yes twice, at once or later, acts once', async () => {
  const { api, act, client, actions } = await openActions({ reInviteCooldownSeconds: 0 });
  const user = await invite(stage, api);
  const id = randomUUID();
  const fields = { action: 're_invite', ids: [user.id] };
  const [first, second] = await Promise.all([act(fields, id), client.post(actions, { id, ...fields })]);
  expect(second.status).toBe(303);
  await act(fields, id);
  await user.linkOf(2);
  expect(first).toContain('Finished: 1 of 1');
  expect(user.mails()).toBe(2);
});

test('all that match are those that match, page after page, and nobody who is added later', async () => {
  const { api, act, ask, slug } = await openActions({ reInviteCooldownSeconds: 0 });
  const many: Awaited<ReturnType<typeof invite>>[] = [];
  while (many.length < 60) {
    const some = Array.from({ length: 10 }, (_, i) => invite(stage, api, { name: `Group ${many.length + i}` }));
    many.push(...(await Promise.all(some)));
  }
  const other = await invite(stage, api, { name: 'Somebody Else' });
  expect(await ask({ action: 're_invite', everyone: '1', q: 'group' })).toEqual([
    '60 will be mailed a new link, and every earlier link stops working',
  ]);
  const html = await act({ action: 're_invite', everyone: '1', q: 'group' });
  expect(html).toContain('Finished: 60 of 60');
  await Promise.all(many.map(({ linkOf }) => linkOf(2)));
  expect(other.mails()).toBe(1);
  expect(html).toContain(`href="/console/${slug}/users?q&#x3D;group"`);
});

test('who is added after the question was shown is not meant', async () => {
  const { api, client, actions } = await openActions();
  const early = await invite(stage, api);
  const { html } = await client.post(`${actions}/question`, { action: 'deactivate', everyone: '1' });
  const id = /name="id" value="([^"]+)"/.exec(html)![1]!;
  const late = await invite(stage, api);
  const { location } = await client.post(actions, { id, action: 'deactivate', everyone: '1' });
  expect(await finished(client, location!)).toContain('Finished: 1 of 1');
  expect((await early.read()).confirmationStatus).toBe('deactivated');
  expect((await late.read()).confirmationStatus).toBe('not_confirmed');
});

test('an action is stopped where it is, by whoever looks at it', async () => {
  const { api, client, actions, slug } = await openActions();
  const user = await invite(stage, api);
  const em = stage.db.database.em.fork();
  const portal = await em.findOneOrFail(Portal, { slug });
  const id = randomUUID();
  // As while no worker has come to it.
  em.create(BulkAction, {
    id,
    portal,
    action: 'deactivate',
    actor: 'temporal',
    total: 1,
    filter: { q: 'x' },
    isSelected: false,
  });
  await em.flush();
  expect((await client.get(`${actions}/${id}`)).html).toContain('0 of 1 so far');
  const { status, location } = await client.post(`${actions}/${id}/stop`);
  expect(status).toBe(303);
  expect((await client.get(location!)).html).toContain('Stopping');
  await stage.services.bulkActions.start(id);
  await eventually(async () => (await client.get(location!)).html.includes('Stopped: 0 of 1'), 'the end');
  const stopped = await stage.db.database.em.fork().findOneOrFail(BulkAction, id);
  expect(stopped).toMatchObject({ finishedAt: expect.any(Date), filter: null });
  expect((await user.read()).confirmationStatus).toBe('not_confirmed');
  const elsewhere = await openActions();
  expect((await elsewhere.client.post(`${elsewhere.actions}/${id}/stop`)).status).toBe(404);
});

test('nobody ticked, another portal, nonsense: a clear answer, and nothing is done', async () => {
  const { api, client, actions } = await openActions();
  const user = await invite(stage, api);
  const elsewhere = await openActions();

  const nobody = await client.post(`${actions}/question`, { action: 're_invite' });
  expect([nobody.status, nobody.html.includes('Tick some portal users first')]).toEqual([400, true]);
  const fragment = await client.post(`${actions}/question`, { action: 're_invite' }, { 'hx-request': 'true' });
  expect(fragment.html).toMatch(/^<p class="notice problem" role="alert">/);
  expect((await client.post(`${actions}/question`, { action: 'erase', ids: [user.id] })).status).toBe(400);
  expect((await client.post(`${actions}/question`, { action: 'deactivate', ids: ['1; drop'] })).status).toBe(400);

  const foreign = { action: 'deactivate', ids: [user.id] };
  expect(await elsewhere.ask(foreign)).toEqual([]);
  expect(await elsewhere.act(foreign)).toContain('Finished: 0 of 0');
  expect((await user.read()).confirmationStatus).toBe('not_confirmed');
  const id = randomUUID();
  await elsewhere.client.post(elsewhere.actions, { id, ...foreign });
  expect((await client.get(`${actions}/${id}`)).status).toBe(404);
});

test('an answer comes back to the list as it was, and to no other place', async () => {
  const { api, client, actions, slug } = await openActions();
  const user = await invite(stage, api);
  const { location } = await client.post(actions, {
    ...{ id: randomUUID(), action: 'deactivate', ids: [user.id] },
    ...{ status: 'not_confirmed', sort: 'name' },
  });
  expect(await finished(client, location!)).toContain(
    `/console/${slug}/users?status&#x3D;not_confirmed&amp;sort&#x3D;name`,
  );
  const hostile = location!.replace(/back=[^&]*/, 'back=https%3A%2F%2Fevil.example');
  expect((await client.get(hostile)).html).not.toContain('evil.example"');
});
