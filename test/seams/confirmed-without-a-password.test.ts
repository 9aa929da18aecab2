import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { submitForm, submitPassword } from '../harness/confirm.ts';
import { eventually } from '../harness/eventually.ts';
import { invite } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

const OWN_SITE = { hasOwnSite: true, afterConfirmingUrls: ['https://acme.example/'] };
/** The console's answer to “Reactivate”. */
const REACTIVATED = /<p class="notice[^"]*"[^>]*>([^<]*)</;

test('who confirmed while the portal had a site of its own is led to a password when it has none any more', async () => {
  const { api, slug } = await openConsole(stage, OWN_SITE);
  const { link, email } = await invite(stage, api);
  expect((await submitForm(link, { email })).status).toBe(303);
  expect(await (await fetch(link)).text()).toContain('Please go on at the site of');

  await stage.admin.patch(`/v1/portals/${slug}`, { hasOwnSite: false }).expecting(200);
  const page = await (await fetch(link, { headers: { accept: 'text/html' } })).text();
  expect(page).toContain('You do not have a password yet');
  const way = /href="([^"]+)">Choose a password</.exec(page)![1]!;
  expect((await submitForm(stage.url + way, { email })).status).toBeLessThan(400);
  const { text } = await stage.sink.mailTo(email, 2);
  expect((await submitPassword(/^http\S+\/reset\/\S+$/m.exec(text!)![0])).status).toBe(303);
  expect(await (await fetch(link, { headers: { accept: 'text/html' } })).text()).toContain('and your password');
});

test('“Reactivate” speaks of a password only where there is one', async () => {
  for (const [settings, hint] of [
    [OWN_SITE, ''],
    [{}, ' They sign in with the password they chose.'],
  ] as const) {
    const { api, client, slug } = await openConsole(stage, settings);
    const { id, link, email, row } = await invite(stage, api);
    await (settings === OWN_SITE ? submitForm(link, { email }) : submitPassword(link));
    await eventually(async () => (await row()).confirmationStatus === 'confirmed', 'the confirmation');
    await api.post(`/users/${id}/deactivate`).expecting(200);
    await client.post(`/console/${slug}/users/${id}/reactivate`, {});
    const { html } = await client.get(`/console/${slug}/users/${id}`);
    expect(REACTIVATED.exec(html)?.[1]?.trim()).toBe(`Jane Doe is Confirmed again.${hint}`);
  }
});
