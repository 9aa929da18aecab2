import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorsIn, openSettings } from '../harness/open-settings.ts';
import { GIF, JPEG, PNG, WEBP } from '../harness/pictures.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage.close());

type Opened = Awaited<ReturnType<typeof openSettings>>;

async function upload({ client, path }: Opened, parts: [string, Buffer | string, string?][]) {
  const body = new FormData();
  for (const [name, value, fileName] of parts) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, new Blob([new Uint8Array(value)], { type: 'image/png' }), fileName ?? 'logo.png');
  }
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  const response = await fetch(`${stage.url}${path}/logo`, { method: 'POST', body, headers, redirect: 'manual' });
  return { status: response.status, html: await response.text() };
}

const publicLogo = (slug: string, query = '') => fetch(`${stage.url}/p/${slug}/logo${query}`);

test.each([
  ['image/png', PNG],
  ['image/jpeg', JPEG],
  ['image/gif', GIF],
  ['image/webp', WEBP],
])('a logo of the type %s is taken by its content and shown to anybody, as a picture only', async (type, bytes) => {
  const opened = await openSettings(stage);
  expect((await publicLogo(opened.slug)).status).toBe(404);
  expect((await upload(opened, [['logo', bytes, 'page.html']])).status).toBe(303);

  const { html } = await opened.client.get(`${opened.path}/logo`);
  const { logoVersion } = await opened.portal();
  expect(html).toContain(`<img class="logo" src="/p/${opened.slug}/logo?v&#x3D;${logoVersion}"`);
  const answer = await publicLogo(opened.slug, `?v=${logoVersion}`);
  expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  for (const query of ['', '?v=other']) {
    expect((await publicLogo(opened.slug, query)).headers.get('cache-control')).toBe('public, max-age=300');
  }
});

test('another logo has another address, and a removed one is gone', async () => {
  const opened = await openSettings(stage);
  await upload(opened, [['logo', PNG]]);
  const first = await opened.portal();
  await upload(opened, [['logo', GIF]]);
  const second = await opened.portal();
  expect([second.logoType, second.logoVersion === first.logoVersion]).toEqual(['image/gif', false]);

  expect((await opened.client.post(`${opened.path}/logo/remove`)).status).toBe(303);
  expect(await opened.portal()).toMatchObject({ logoType: null, logoVersion: null });
  expect((await publicLogo(opened.slug)).status).toBe(404);
  const { html } = await opened.client.get(`${opened.path}/logo`);
  expect(html).toContain('There is none: the name stands in its place.');
});

const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
const page = Buffer.from('<!doctype html><script>alert(1)</script>');
const bitmap = Buffer.concat([Buffer.from('BM'), Buffer.alloc(200)]);
const tooLarge = Buffer.concat([PNG, Buffer.alloc(200_001 - PNG.length)]);
const NO_PICTURE = 'Must be a picture: PNG, JPEG, GIF or WebP';
const REFUSED: [string, [string, Buffer | string, string?][], string][] = [
  ['SVG', [['logo', svg, 'logo.svg']], NO_PICTURE],
  ['a page that claims to be a picture', [['logo', page, 'logo.png']], NO_PICTURE],
  ['a bitmap', [['logo', bitmap]], NO_PICTURE],
  ['packed data', [['logo', deflateSync(page)]], NO_PICTURE],
  ['one byte too many', [['logo', tooLarge]], 'Must have 200 kB or less'],
  [
    'two pictures',
    [
      ['logo', PNG],
      ['logo', PNG],
    ],
    'Must be one picture',
  ],
  ['a picture of another name', [['other', PNG]], 'Must be one picture'],
  ['text', [['logo', 'hello']], 'Must be one picture'],
];
test.each(REFUSED)('%s is refused as a logo, beside the field', async (_what, parts, text) => {
  const opened = await openSettings(stage);
  await upload(opened, [['logo', WEBP]]);
  const before = await opened.portal();
  const answer = await upload(opened, parts);
  expect([answer.status, errorsIn(answer.html)]).toEqual([422, { logo: text }]);
  expect(await opened.portal()).toEqual(before);
});

test('a form without a file, as browsers send it, is told to choose one', async () => {
  const { client, path } = await openSettings(stage);
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const part = 'Content-Disposition: form-data; name="logo"; filename=""\r\nContent-Type: application/octet-stream';
  const response = await fetch(`${stage.url}${path}/logo`, {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'multipart/form-data; boundary=x' },
    body: `--x\r\n${part}\r\n\r\n\r\n--x--\r\n`,
  });
  expect(errorsIn(await response.text())).toEqual({ logo: 'Must be a picture: choose a file first' });
});

test('the largest logo is taken, and stands in e-mails and on the pages of links', async () => {
  const opened = await openSettings(stage);
  expect((await upload(opened, [['logo', Buffer.concat([PNG, Buffer.alloc(200_000 - PNG.length)])]])).status).toBe(303);
  const { logoVersion } = await opened.portal();
  await opened.api.post('/users', { email: 'logo@example.com', name: 'Jane' }).expecting(201);
  const mail = await stage.sink.mailTo('logo@example.com');
  const address = `/p/${opened.slug}/logo?v=${logoVersion}`;
  expect(String(mail.html)).toContain(
    `<img src="${stage.url}${address.replace('=', '&#x3D;')}" alt="Acme Help Center"`,
  );
  for (const link of [mail.link, `${stage.url}/p/${opened.slug}/welcome`]) {
    expect(await (await fetch(link)).text()).toContain(
      `<img src="${address.replace('=', '&#x3D;')}" alt="Acme Help Center">`,
    );
  }
});

test('a portal that there is not has no logo and no colours', async () => {
  for (const path of ['nobody', '%00', 'UPPER']) {
    expect((await publicLogo(path)).status).toBe(404);
    expect((await fetch(`${stage.url}/p/${path}/theme.css`)).status).toBe(404);
  }
});
