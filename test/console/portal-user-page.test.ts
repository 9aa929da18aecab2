import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { phrases } from '../../email/templates.ts';
import { submitPassword } from '../harness/confirm.ts';
import { expireLink, invite, mailed } from '../harness/invite.ts';
import { openConsole } from '../harness/open-console.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

async function openUser(details: Record<string, unknown> = {}) {
  const opened = await openConsole(stage, { role: 'staff', reInviteCooldownSeconds: 0 });
  const { api, client, slug } = opened;
  const user = await invite(stage, api, details);
  const page = `/console/${slug}/users/${user.id}`;
  return {
    ...{ ...opened, user, page },
    html: async () => (await client.get(page)).html,
    /** Presses a button of the page, and reads what the page says then. */
    async press(action: string, fields: Record<string, string> = {}): Promise<string> {
      const { status, location } = await client.post(`${page}/${action}`, fields);
      expect([status, location]).toEqual([303, page]);
      return (await client.get(page)).html;
    },
  };
}

/** The timeline as text, newest first. */
function timelineIn(html: string): string[] {
  const list = html.slice(html.indexOf('class="timeline"')).split('</ol>')[0]!;
  return [...list.matchAll(/<li><span dir="auto">(.*?)<\/span>.*?<bdi>(.*?)<\/bdi>/gs)].map(
    ([, text, who]) => `${text} | ${who}`,
  );
}

test('one page answers what happened to an invitation, who did it, and where its workflow is', async () => {
  const { user, press, html, operator } = await openUser({ name: 'Jane Doe' });
  expect(await press('re-invite')).toContain(`A new confirmation link is on its way to ${user.email}`);
  await mailed(stage, user.id, 2);
  await submitPassword(await user.linkOf(2));
  await press('deactivate');

  expect(timelineIn(await html())).toEqual([
    `Deactivated | ${operator.name}`,
    'Confirmed, and chose a password | the portal user',
    `Invitation e-mail with link 2 sent to ${user.email} | automatically`,
    `Re-invited: link 2 replaces every earlier one | ${operator.name}`,
    `Invitation e-mail with link 1 sent to ${user.email} | automatically`,
    'The portal was enabled by its first portal user | API key “test”',
    `Added as portal user (${user.email}) | API key “test”`,
  ]);
  const workflow = `http://temporal.example/namespaces/default/workflows/${encodeURIComponent(`invitation/${user.id}`)}`;
  expect(await html()).toContain(`href="${workflow}"`);
});

test('a button whose time has passed does nothing and says why', async () => {
  const { user, press } = await openUser();
  await submitPassword(user.link);
  expect(await press('re-invite')).toContain('Nothing was done. The portal user has confirmed already');
  expect(await press('reactivate')).toContain('Nothing was done. The portal user is not deactivated');
  expect(await press('deactivate')).toContain('is deactivated');
  expect(await press('deactivate')).toContain('is deactivated');
  expect((await user.events()).filter((type) => type === 'portal_user_deactivated')).toHaveLength(1);
  expect(await press('reactivate')).toContain('is Confirmed again');
});

test('asking before a deactivation changes nothing', async () => {
  const { client, page, user } = await openUser({ name: 'Jane Doe' });
  const { html, status } = await client.get(`${page}/deactivate`);
  expect([status, html.includes('Deactivate <bdi>Jane Doe</bdi>?')]).toEqual([200, true]);
  const fragment = await client.get(`${page}/deactivate`, { 'hx-request': 'true' });
  expect(fragment.html).toMatch(/^<article/);
  expect((await user.read()).confirmationStatus).toBe('not_confirmed');
});

test('a corrected address is mailed a new link, and the old link is dead', async () => {
  const { user, press } = await openUser();
  const shown = { shownName: 'Jane Doe', shownEmail: user.email };
  const html = await press('correct', { name: 'Jane Doe', email: `new.${user.email}`, ...shown });
  expect(html).toContain(`A new link to new.${user.email} is on its way`);
  const { link } = await stage.sink.mailTo(`new.${user.email}`);
  expect((await fetch(user.link)).status).toBe(404);
  expect((await fetch(link)).status).toBe(200);
  const now = { shownName: 'Jane Doe', shownEmail: `new.${user.email}` };
  expect(await press('correct', { name: 'Janet Doe', email: `new.${user.email}`, ...now })).toContain('Corrected.');
});

test('a correction leaves alone what somebody else has corrected meanwhile, and clashes are told', async () => {
  const { client, page, press, user, api } = await openUser();
  const shown = { shownName: 'Jane Doe', shownEmail: user.email };
  await api.patch(`/users/${user.id}`, { email: `right.${user.email}` }).expecting(200);
  await press('correct', { name: 'Jane Roe', email: user.email, ...shown });
  expect(await user.read()).toMatchObject({
    name: 'Jane Roe',
    email: `right.${user.email}`,
    invitation: { generation: 2 },
  });

  const clash = await client.post(`${page}/correct`, { name: 'Jane Poe', email: `right.${user.email}`, ...shown });
  expect([clash.status, clash.html.includes('Was changed by somebody else meanwhile')]).toEqual([422, true]);
  expect((await user.read()).name).toBe('Jane Roe');
});

test('a reactivation and a correction back within the cool-down are refused, and the page says for how long', async () => {
  const { slug, client, page, press, user } = await openUser();
  await stage.admin.patch(`/v1/portals/${slug}`, { reInviteCooldownSeconds: 3_600 }).expecting(200);
  const right = `right.${user.email}`;
  await press('correct', { name: 'Jane Doe', email: right, shownName: 'Jane Doe', shownEmail: user.email });
  await mailed(stage, user.id, 2);
  const back = { name: 'Janet Doe', email: user.email, shownName: 'Jane Doe', shownEmail: right };
  const { status, html } = await client.post(`${page}/correct`, back);
  expect(status).toBe(422);
  expect(html).toMatch(/The next e-mail to this address can be sent in 3[56]\d\d seconds/);
  expect(await user.read()).toMatchObject({ name: 'Jane Doe', email: right, invitation: { generation: 2 } });

  await press('deactivate');
  expect(await press('reactivate')).toMatch(
    /Nothing was done. The last e-mail was sent only a moment ago. The next e-mail to this address can be sent in 3[56]\d\d seconds/,
  );
  expect((await user.read()).confirmationStatus).toBe('deactivated');
});

test('a correction that is refused says why beside the field and keeps what was typed', async () => {
  const { client, page, api, user } = await openUser();
  const shown = { shownName: 'Jane Doe', shownEmail: user.email };
  const other = await invite(stage, api);
  const wrong = await client.post(`${page}/correct`, { name: 'J'.repeat(501), email: 'jane@', ...shown });
  expect(wrong.status).toBe(422);
  expect(wrong.html).toContain('Must have at most 500 characters');
  expect(wrong.html).toContain('Must be one plain e-mail address, such as jane@example.com');
  expect(wrong.html).toContain('value="jane@"');
  const taken = await client.post(`${page}/correct`, { name: 'Jane', email: other.email, ...shown });
  expect(taken.html).toContain('Another portal user has this e-mail address');
  expect((await user.read()).email).toBe(user.email);
});

test('the very e-mail that was sent can be seen, but not its link', async () => {
  const { client, page, user, html, slug, api } = await openUser({ note: 'See you <b>soon</b>,\nOlga' });
  const [, address] = /href="([^"]+\/emails\/[^"]+)"/.exec(await html())!;
  await stage.admin.patch(`/v1/portals/${slug}`, { name: 'Renamed' }).expecting(200);
  const shown = await client.get(address!);
  expect(shown.html).toContain('Your access to Acme Help Center');
  const frame = await client.get(`${address}/html`);
  expect(frame.html).toContain('See you &lt;b&gt;soon&lt;/b&gt;');
  expect(frame.headers.get('content-security-policy')).toContain('sandbox');
  const token = user.link.split('/').at(-1)!;
  for (const { html: text } of [shown, frame]) expect(text).not.toContain(token);
  const { status } = await client.get(`${page}/emails/${user.id}`);
  expect(status).toBe(404);
  expect((await api.get(`/users/${user.id}`)).body.note).toContain('soon');
});

test('the page of an e-mail shows the words that were sent, even if a later release has others', async () => {
  const { client, html } = await openUser();
  const [, address] = /href="([^"]+\/emails\/[^"]+)"/.exec(await html())!;
  const sent = await Promise.all([client.get(address!), client.get(`${address}/html`)]);
  const key = ['en', 'translation', 'invitation.body'] as const;
  const body = String(phrases.getResource(...key));
  phrases.addResource(...key, 'Another release says this.');
  const shown = await Promise.all([client.get(address!), client.get(`${address}/html`)]);
  phrases.addResource(...key, body);
  for (const [i, page] of shown.entries()) {
    expect(page.html).toContain('has given you access to its customer portal');
    expect(page.html).not.toContain('Another release');
    expect(page.html).toContain(`${stage.url}/confirm/…`);
    expect(page.html.length).toBe(sent[i]!.html.length);
  }
});

test('another portal’s user has no page, and no button of it does anything', async () => {
  const { client, slug } = await openUser();
  const stranger = await openUser();
  const page = `/console/${slug}/users/${stranger.user.id}`;
  const [email] = await stage.db.database.em
    .fork()
    .execute<{ id: string }[]>('select id from invitation_emails where portal_user_id = ?', [stranger.user.id]);
  for (const path of ['', '/row', '/deactivate', `/emails/${email!.id}`, `/emails/${email!.id}/html`])
    expect([path, (await client.get(page + path)).status]).toEqual([path, 404]);
  for (const action of ['re-invite', 'deactivate', 'reactivate', 'correct'])
    expect([action, (await client.post(`${page}/${action}`, { name: 'Mine' })).status]).toEqual([action, 404]);
  expect(await stranger.user.read()).toMatchObject({ confirmationStatus: 'not_confirmed', name: 'Jane Doe' });
});

test('the Temporal UI leads to the page by the id alone', async () => {
  const { client, page, user } = await openUser();
  const stranger = await openUser();
  expect(await client.get(`/console/portal-user/${user.id}`)).toMatchObject({ status: 303, location: page });
  expect((await client.get(`/console/portal-user/${stranger.user.id}`)).status).toBe(404);
});

test('a language that has no name of its own has a page all the same', async () => {
  const { html } = await openUser({ locale: 'de-AT-u-co-phonebk' });
  expect(await html()).toContain('Austrian German');
});

test('an expired link is told apart from the status', async () => {
  const { user, html } = await openUser();
  await expireLink(stage, user.id);
  expect(await html()).toMatch(/Not Confirmed<\/strong>[\s\S]*expired <time/);
});
