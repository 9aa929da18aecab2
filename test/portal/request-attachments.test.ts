import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AttachmentStore } from '../../db/attachments/attachment-store.ts';
import { officeFile, openDocument, PDF, zip } from '../harness/files.ts';
import { keptRows } from '../harness/kept-rows.ts';
import { addRequestAs, type Opened, openCustomerPortal, sendForm } from '../harness/open-portal.ts';
import { GIF, JPEG, PNG, WEBP } from '../harness/pictures.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';
const TEN_MB = 10_000_000;
const text = (name: string) => ({ name, content: 'hello' });

let stage: Stage;
let opened: Opened;
beforeAll(async () => {
  stage = await setStage();
  opened = await openCustomerPortal(stage);
});
afterAll(() => stage.close());

interface Shown {
  fileName: string;
  href: string;
}

async function attachmentsOn(page: string): Promise<Shown[]> {
  const { html } = await opened.client.get(page);
  const links = html.matchAll(/<li><a href="([^"]+\/attachments\/[^"]+)"><bdi>([^<]*)<\/bdi><\/a>/g);
  return [...links].map(([, href, fileName]) => ({ href: href!, fileName: fileName! }));
}

async function download(href: string, cookies = opened.client.cookies) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(stage.url + href, { headers: { cookie }, redirect: 'manual' });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

const TAKEN: [string, Buffer, string][] = [
  ['a.png', PNG, 'image/png'],
  ['a.jpeg', JPEG, 'image/jpeg'],
  ['a.gif', GIF, 'image/gif'],
  ['a.webp', WEBP, 'image/webp'],
  ['mislabelled.jpg', WEBP, 'image/webp'],
  ['a.PDF', PDF, 'application/pdf'],
  ['a.zip', zip({ 'b.txt': 'hello' }), 'application/zip'],
  ['a.docx', officeFile(`${OFFICE}.wordprocessingml.document`), `${OFFICE}.wordprocessingml.document`],
  ['a.xlsx', officeFile(`${OFFICE}.spreadsheetml.sheet`), `${OFFICE}.spreadsheetml.sheet`],
  ['a.pptx', officeFile(`${OFFICE}.presentationml.presentation`), `${OFFICE}.presentationml.presentation`],
  ['a.odt', openDocument(`${OPEN_DOCUMENT}.text`), `${OPEN_DOCUMENT}.text`],
  ['a.ods', openDocument(`${OPEN_DOCUMENT}.spreadsheet`), `${OPEN_DOCUMENT}.spreadsheet`],
  ['a.txt', Buffer.from('Grüße\t😀\r\n'), 'text/plain; charset=utf-8'],
  ['begins as a program.csv', Buffer.from('MZ;1\n'), 'text/csv; charset=utf-8'],
  ['a.log', Buffer.from('\u001b[31mred\u001b[0m\n'), 'text/plain; charset=utf-8'],
  ['README', Buffer.from('<b>no page</b>'), 'text/plain; charset=utf-8'],
];
test.each(TAKEN)('%s is taken, and downloaded as it was sent', async (name, content, mediaType) => {
  const id = await addRequestAs(opened, {}, [{ name, content, type: 'text/html' }]);
  const [shown, ...others] = await attachmentsOn(`${opened.path}/requests/${id}`);
  expect([shown!.fileName, others]).toEqual([name, []]);
  const answer = await download(shown!.href);
  expect([answer.status, answer.bytes.equals(content)]).toEqual([200, true]);
  const fileName = name.includes(' ') ? `"${name}"` : expect.stringContaining(name);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': mediaType,
    'content-disposition': typeof fileName === 'string' ? `attachment; filename=${fileName}` : fileName,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-store',
  });
});

test('five files of ten megabytes each are taken, and come back whole', async () => {
  const files = [1, 2, 3, 4, 5].map((n) => ({ name: `${n}.txt`, content: Buffer.alloc(TEN_MB, String(n)) }));
  const id = await addRequestAs(opened, {}, files);
  const shown = await attachmentsOn(`${opened.path}/requests/${id}`);
  expect(shown.map(({ fileName }) => fileName)).toEqual(files.map(({ name }) => name));
  expect((await opened.client.get(`${opened.path}/requests/${id}`)).html).toContain('10 MB</span>');
  for (const [index, { href }] of shown.entries()) {
    expect((await download(href)).bytes.equals(files[index]!.content)).toBe(true);
  }
});

test('files of a reply stand with it, those of the request with the description', async () => {
  const id = await addRequestAs(opened, {}, [text('first.txt')]);
  const page = `${opened.path}/requests/${id}`;
  await opened.send(`${page}/replies`, { text: 'More' }, [text('second.txt'), text('third.txt')]);
  const { html } = await opened.client.get(page);
  const [description, reply] = html.split('</article>');
  expect(description).toContain('first.txt');
  expect(description).not.toContain('second.txt');
  expect(reply).toMatch(/second\.txt[\s\S]+third\.txt/);
  const { body } = await opened.api.get(`/requests/${id}`).expecting(200);
  expect(body.attachments).toMatchObject([{ fileName: 'first.txt', mediaType: 'text/plain', size: 5 }]);
  expect(body.replies[0].attachments).toMatchObject([{ fileName: 'second.txt' }, { fileName: 'third.txt' }]);
});

const NAMES: [string, string][] = [
  ['../../etc/passwd.txt', 'passwd.txt'],
  ['C:\\Users\\jane\\notes.txt', 'notes.txt'],
  ['a\r\nSet-Cookie: x.txt', 'aSet-Cookie: x.txt'],
  ['photo\u202etxt.gpj.txt', 'phototxt.gpj.txt'],
  ['Grüße 😀 “x”; y.txt', 'Grüße 😀 “x”; y.txt'],
  ['<img src=x onerror=alert(1)>.txt', '&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;.txt'],
  [`${'n'.repeat(300)}.txt`, `${'n'.repeat(196)}.txt`],
  ['a.txt. . ', 'a.txt'],
  [' .. ', 'attachment'],
];
test.each(NAMES)('a file called %j is kept as %j', async (name, kept) => {
  const id = await addRequestAs(opened, {}, [text(name)]);
  const [shown] = await attachmentsOn(`${opened.path}/requests/${id}`);
  expect(shown!.fileName).toBe(kept);
  const disposition = (await download(shown!.href)).headers.get('content-disposition')!;
  expect(disposition).toMatch(/^attachment; filename/);
  if (name.startsWith('Gr')) expect(disposition).toContain(`filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%98%80`);
});

test('where the store fails, neither the request nor any file is kept, and the form can be sent again', async () => {
  const before = await keptRows(stage);
  let puts = 0;
  const { attachments } = stage.services;
  const failing: AttachmentStore = {
    ...attachments,
    put: async (...args) => {
      puts += 1;
      if (puts === 2) throw new Error('No space left');
      return attachments.put(...args);
    },
  };
  await using api = await serve({ ...stage.services, attachments: failing });
  const form = { formKey: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f', subject: 'S', description: 'D' };
  const send = () =>
    sendForm({ url: api.url }, opened.client, `${opened.path}/requests/new`, form, [text('a.txt'), text('b.txt')]);
  expect((await send()).status).toBe(500);
  expect(await keptRows(stage)).toEqual(before);
  expect((await send()).status).toBe(303);
});

test('whoever gives up amid sending leaves nothing, and is in nobody’s way', async () => {
  const before = await keptRows(stage);
  const cookie = [...opened.client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const begin = async () => {
    const call = httpRequest(`${stage.url}${opened.path}/requests/new`, {
      method: 'POST',
      headers: {
        cookie,
        'sec-fetch-site': 'same-origin',
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': 1_000_000,
      },
    });
    call.on('error', () => {});
    call.write('--b\r\nContent-Disposition: form-data; name="attachments"; filename="a.txt"\r\n\r\nhello');
    await once(call, 'socket');
    return call;
  };
  const [first, waiting] = [await begin(), await begin()];
  waiting.destroy();
  first.destroy();
  expect(await keptRows(stage)).toEqual(before);
  expect(await addRequestAs(opened)).toMatch(/^[\da-f-]{36}$/);
});
