import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { invite } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('a correction of letter case only changes the spelling: nothing is mailed, and the link stays valid', async () => {
  const { api, client, slug } = await openConsole(stage, { role: 'staff' });
  const { id, email, link, mails, row, events } = await invite(stage, api);
  const spellings = [email.toUpperCase(), email.replace('p', 'P'), email];
  for (const spelling of spellings) {
    const { body } = await api.patch(`/users/${id}`, { email: spelling }).expecting(200);
    expect(body.email).toBe(spelling);
  }
  await client.post(`/console/${slug}/users/${id}/correct`, {
    name: 'Jane Doe',
    email: spellings[1]!,
    shownName: 'Jane Doe',
    shownEmail: email,
  });
  const { html } = await client.get(`/console/${slug}/users/${id}`);
  expect(html).toContain(spellings[1]!);
  expect(html).not.toContain('is on its way');
  expect((await row()).generation).toBe(1);
  expect((await fetch(link)).status).toBe(200);
  expect(mails()).toBe(1);
  expect((await events()).filter((type) => type === 'portal_user_changed')).toHaveLength(4);
});
