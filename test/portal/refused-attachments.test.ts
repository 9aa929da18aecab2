import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXECUTABLE, officeFile } from '../harness/files.ts';
import { keptRows } from '../harness/kept-rows.ts';
import { addRequestAs, type Opened, openCustomerPortal, type SentFile } from '../harness/open-portal.ts';
import { errorsIn } from '../harness/open-settings.ts';
import { PNG } from '../harness/pictures.ts';
import { type Stage, setStage } from '../harness/stage.ts';

const TEN_MB = 10_000_000;

let stage: Stage;
let opened: Opened;
beforeAll(async () => {
  stage = await setStage();
  opened = await openCustomerPortal(stage);
});
afterAll(() => stage.close());

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const text = (name: string): SentFile => ({ name, content: 'hello' });
const NEITHER = 'is neither a picture, a PDF, a document, a ZIP nor text in UTF-8. Nothing was sent yet.';
const NOT_ITS_NAME = 'has an ending that we do not take, or that does not fit its content. Nothing was sent yet.';
const REFUSED: [string, SentFile[], string][] = [
  [
    'one byte too many',
    [{ name: 'big.png', content: Buffer.concat([PNG, Buffer.alloc(TEN_MB + 1 - PNG.length)]) }],
    '“big.png” is larger than 10 MB. Nothing was sent yet.',
  ],
  ['an executable named .png', [{ name: 'a.png', content: EXECUTABLE, type: 'image/png' }], `“a.png” ${NEITHER}`],
  ['an executable', [{ name: 'a.exe', content: EXECUTABLE }], `“a.exe” ${NEITHER}`],
  ['a picture named .exe', [{ name: 'a.exe', content: PNG }], `“a.exe” ${NOT_ITS_NAME}`],
  ['a picture named .html.', [{ name: 'a.html. .', content: PNG }], `“a.html” ${NOT_ITS_NAME}`],
  ['a page', [{ name: 'a.html', content: '<script>alert(1)</script>' }], `“a.html” ${NOT_ITS_NAME}`],
  ['a page with nothing before its extension', [text('.html')], `“.html” ${NOT_ITS_NAME}`],
  ['SVG', [{ name: 'a.svg', content: SVG }], `“a.svg” ${NOT_ITS_NAME}`],
  ['SVG named .png', [{ name: 'a.png', content: SVG }], `“a.png” ${NOT_ITS_NAME}`],
  ['a shell script named .png', [{ name: 'a.png', content: '#!/bin/sh\nrm -rf /\n' }], `“a.png” ${NOT_ITS_NAME}`],
  [
    'a document with macros named .docx',
    [{ name: 'a.docx', content: officeFile('application/vnd.ms-word.document.macroEnabled') }],
    `“a.docx” ${NEITHER}`,
  ],
  [
    'text in another encoding',
    [{ name: 'a.txt', content: Buffer.from('Gr\u00fc\u00dfe', 'latin1') }],
    `“a.txt” ${NEITHER}`,
  ],
  ['text with NUL in it', [{ name: 'a.txt', content: 'a\0b' }], `“a.txt” ${NEITHER}`],
  ['an empty file', [{ name: 'a.txt', content: '' }], '“a.txt” is empty. Nothing was sent yet.'],
  [
    'six files',
    'abcdef'.split('').map((name) => text(`${name}.txt`)),
    'Please send at most 5 files. Nothing was sent yet.',
  ],
  [
    'a bad file among good ones',
    [text('a.txt'), { name: 'b.png', content: EXECUTABLE }, text('c.txt')],
    `“b.png” ${NEITHER}`,
  ],
];
test.each(REFUSED)('%s is refused beside the field, and nothing is kept', async (_what, files, said) => {
  const page = `${opened.path}/requests/${await addRequestAs(opened)}`;
  const before = await keptRows(stage);
  const typed = { subject: 'S', description: 'What was typed', text: 'What was typed' };
  for (const form of [`${opened.path}/requests/new`, `${page}/replies`]) {
    const { status, html } = await opened.send(form, typed, files);
    expect([status, errorsIn(html)]).toEqual([422, { attachments: said }]);
    expect(html).toContain('>What was typed</textarea>');
  }
  expect(await keptRows(stage)).toEqual(before);
});

test.each(['a\u001b.txt', 'a\u0000.txt', '\u007f\u0001'])(
  'a file named %j is refused, and what was typed stays in the form',
  async (name) => {
    const page = `${opened.path}/requests/${await addRequestAs(opened)}`;
    const before = await keptRows(stage);
    for (const form of [`${opened.path}/requests/new`, `${page}/replies`]) {
      const { status, html } = await sendAsBrowsersDo(form, name);
      expect([status, errorsIn(html)]).toEqual([
        422,
        {
          attachments:
            'The name of a file has a character that cannot be shown. Please rename the file. Nothing was sent yet.',
        },
      ]);
      expect(html).toContain('>What was typed</textarea>');
    }
    expect(await keptRows(stage)).toEqual(before);
  },
);

/** Browsers escape only quotes and line ends of a file's name; Node's `fetch` refuses the rest. */
async function sendAsBrowsersDo(path: string, fileName: string): Promise<{ status: number; html: string }> {
  const part = (disposition: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
  const typed = ['subject', 'description', 'text'].map((name) => part(`name="${name}"`, 'What was typed'));
  const cookie = [...opened.client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(stage.url + path, {
    method: 'POST',
    headers: {
      cookie,
      accept: 'text/html',
      'sec-fetch-site': 'same-origin',
      'content-type': 'multipart/form-data; boundary=b',
    },
    body: `${typed.join('')}${part(`name="attachments"; filename="${fileName}"`, 'hello')}--b--\r\n`,
  });
  return { status: response.status, html: await response.text() };
}

test('a form that is no form, or not ours, is refused and keeps nothing', async () => {
  const before = await keptRows(stage);
  const address = `${stage.url}${opened.path}/requests/new`;
  const cookie = [...opened.client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const part = (disposition: string, value = 'x') =>
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
  for (const body of [
    'nothing',
    part('name="subject"'),
    `${part('name="other"; filename="a.txt"')}--b--\r\n`,
    `${part('name="subject"', 'x'.repeat(100_001))}--b--\r\n`,
    `${'1234567'
      .split('')
      .map((n) => part(`name="${n}"`))
      .join('')}--b--\r\n`,
    `${part('name="subject"', 'a\0b')}--b--\r\n`,
  ]) {
    const headers = { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'multipart/form-data; boundary=b' };
    const { status } = await fetch(address, { method: 'POST', body, headers });
    expect([body.slice(0, 80), status]).toEqual([body.slice(0, 80), 400]);
  }
  const files = [text('a.txt')];
  const foreign = await opened.send(`${opened.path}/requests/new`, { subject: 'S', description: 'D' }, files, {
    'sec-fetch-site': 'cross-site',
  });
  expect(foreign.status).toBe(403);
  expect(await keptRows(stage)).toEqual(before);
});
