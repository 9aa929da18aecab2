import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorsIn, type Form, formIn, openSettings, unescaped } from '../harness/open-settings.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const HTMX = { 'hx-request': 'true' };

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

type Opened = Awaited<ReturnType<typeof openSettings>>;

/** Presses "Preview" on a page with something typed into its form. */
async function preview({ client, path }: Opened, page: '' | '/emails', typed: Form, headers = {}) {
  const form = formIn((await client.get(path + page)).html);
  return client.post(`${path}${page}/preview`, { ...form, ...typed }, headers);
}

/** The e-mails that the frames of a page load: invitation and reminder. */
async function framesOf({ client }: Opened, html: string) {
  const sources = [...html.matchAll(/<iframe src="([^"]+)" title="([^"]+)" sandbox>/g)];
  return Promise.all(sources.map(async ([, src, title]) => ({ title, ...(await client.get(unescaped(src!))) })));
}

test('a page of settings shows the e-mails by the settings as they are', async () => {
  const opened = await openSettings(stage, {
    name: 'Acme <Help>',
    senderName: 'Olga & Co',
    replyTo: 'help@acme.example',
  });
  const { html } = await opened.client.get(opened.path);
  for (const line of [
    'Your access to Acme <Help>',
    'Reminder: your access to Acme <Help>',
    'Olga & Co',
    'help@acme.example',
  ]) {
    expect(unescaped(html)).toContain(`>${line}</dd>`);
  }
  const frames = await framesOf(opened, html);
  expect(frames.map(({ title, status }) => [title, status])).toEqual([
    ['The invitation', 200],
    ['A reminder', 200],
  ]);
  for (const frame of frames) {
    expect(frame.html).toContain(`Hello ${opened.operator.name},`);
    expect(frame.html).toContain('background:#1f5eff');
    expect(frame.html).toContain(`href="${stage.url}/confirm/…"`);
    expect(frame.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors 'self'",
    );
    expect(frame.headers.get('content-type')).toBe('text/html; charset=utf-8');
  }
});

test.each([{}, HTMX])('a preview shows what is typed, and saves nothing: asked for with %j', async (headers) => {
  const opened = await openSettings(stage);
  const before = await opened.portal();
  const typed = { name: '"New" <name>', color: '#ffe14d', previewLanguage: 'de' };
  const answer = await preview(opened, '', typed, headers);
  expect(answer.status).toBe(200);
  expect(answer.html.includes('<form id="settings"')).toBe(!('hx-request' in headers));
  expect(unescaped(answer.html)).toContain('>Ihr Zugang zu "New" <name></dd>');
  for (const { html } of await framesOf(opened, answer.html)) {
    expect(html).toContain('background:#ffe14d;color:#000000');
    expect(html).toContain('&quot;New&quot; &lt;name&gt;');
    expect(html).toContain('<html lang="de">');
  }
  const ofEmails = await preview(opened, '/emails', { senderName: 'Frau Müller', linkValidity: '2' }, headers);
  expect(ofEmails.html).toContain('>Frau Müller</dd>');
  const [invitation] = await framesOf(opened, ofEmails.html);
  expect(invitation!.html).toContain('The link is good for 2 days.');
  expect(await opened.portal()).toEqual(before);
});

test('addresses to go to and people to answer to are in no address of a frame, however many they are', async () => {
  const opened = await openSettings(stage);
  const urls = Array.from({ length: 20 }, (_, i) => `https://acme.example/${i}/${'x'.repeat(1_900)}`);
  const ofPortal = await preview(opened, '', { afterConfirmingUrls: urls.join('\r\n') });
  const ofEmails = await preview(opened, '/emails', { senderName: 'Frau Geheim', replyTo: 'geheim@acme.example' });
  for (const { html } of [ofPortal, ofEmails]) {
    expect(html.match(/<iframe src="[^"]+"/g)!.join()).not.toMatch(/geheim|acme\.example/i);
    for (const { status } of await framesOf(opened, html)) expect(status).toBe(200);
  }
});

test('a previewed page keeps what is typed, to be saved', async () => {
  const opened = await openSettings(stage);
  const answer = await preview(opened, '', { name: 'New name', color: '#ffe14d' });
  await opened.client.post(opened.path, formIn(answer.html));
  expect(await opened.portal()).toMatchObject({ name: 'New name', color: '#ffe14d' });
});

test('a preview of a form that is not right says what is wrong', async () => {
  const opened = await openSettings(stage);
  const page = await preview(opened, '/emails', { linkValidity: '99' });
  expect([page.status, errorsIn(page.html)]).toEqual([422, { linkValidity: 'Must be 30 days or less' }]);
  const part = await preview(opened, '/emails', { linkValidity: '99' }, HTMX);
  expect(part.status).toBe(200); // it stands in the place of the preview
  expect(part.html).toContain('<li>Link validity: Must be 30 days or less</li>');
  for (const { html } of [page, part]) expect(html).not.toContain('<iframe');
});

test('a language that the portal does not write in is not previewed', async () => {
  const opened = await openSettings(stage);
  const { html } = await preview(opened, '', { languages: 'en', previewLanguage: 'de' });
  expect(html).toContain('>Your access to Acme Help Center</dd>');
  expect(/<select id="previewLanguage"[\s\S]+?<\/select>/.exec(html)![0]).not.toContain('German');
});

test.each([
  ['invitation', '?language=en', 400],
  ['invitation', '?language=en&settings=%7B', 400],
  ['invitation', '?language=fr&settings=%7B%7D', 400],
  ['invitation', '?language=en&settings=%7B%22color%22:%22red;%22%7D', 400],
  ['invitation', '?language=en&settings=%7B%22slug%22:%22other%22%7D', 400],
  ['nothing', '?language=en&settings=%7B%7D', 400],
  ['invitation', '?language=en&settings=%7B%7D', 200],
])('a frame of %s asked for with %s answers %d', async (kind, query, status) => {
  const opened = await openSettings(stage);
  expect((await opened.client.get(`${opened.path}/preview/${kind}${query}`)).status).toBe(status);
});
