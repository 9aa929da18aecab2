import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openSettings } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

test('staff may open no page of the settings, and save nothing', async () => {
  const opened = await openSettings(stage);
  const staff = await opened.signIn('staff');
  for (const page of ['', '/emails', '/api-keys', '/preview/invitation']) {
    const answer = await staff.client.get(opened.path + page);
    expect(answer.status).toBe(403);
    expect(answer.html).toContain('Only owners of this portal may do that.');
  }
  for (const form of [
    '',
    '/emails',
    '/preview',
    '/emails/preview',
    '/logo',
    '/logo/remove',
    '/test-email',
    '/api-keys',
  ]) {
    expect((await staff.client.post(opened.path + form, { name: 'Theirs' })).status).toBe(403);
  }
  expect((await opened.portal()).name).toBe('Acme Help Center');
  expect((await staff.client.get(`/console/${opened.slug}/users`)).html).not.toContain('/settings');
});

test('the settings of another portal are not found', async () => {
  const [mine, other] = [await openSettings(stage), await openSettings(stage)];
  for (const page of ['', '/emails', '/api-keys']) expect((await mine.client.get(other.path + page)).status).toBe(404);
  expect((await mine.client.post(other.path, { name: 'Mine' })).status).toBe(404);
  expect((await other.portal()).name).toBe('Acme Help Center');
});

test('every page of the settings leads to the others and says which one it is', async () => {
  const { client, path } = await openSettings(stage);
  for (const [page, name] of [
    ['', 'Portal'],
    ['/emails', 'E-mails'],
    ['/api-keys', 'API keys'],
    ['/operators', 'Operators'],
  ]) {
    const { html } = await client.get(path + page);
    const links = [...html.matchAll(/href="([^"]+)"( aria-current="page")?>(Portal|E-mails|API keys|Operators)</g)];
    expect(links.map(([, href]) => href)).toEqual(
      ['', '/emails', '/api-keys', '/operators'].map((each) => path + each),
    );
    expect(links.filter(([, , current]) => current).map(([, , , text]) => text)).toEqual([name]);
  }
});
