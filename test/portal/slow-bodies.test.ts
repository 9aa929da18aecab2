import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BODY_LIMITS, type BodyLimits, createBodies } from '../../web/limit-request-bodies.ts';
import { apiClient } from '../harness/api-client.ts';
import { newAddress } from '../harness/invite.ts';
import { keptRows } from '../harness/kept-rows.ts';
import { confirmedUser, type Opened, openCustomerPortal, sendForm } from '../harness/open-portal.ts';
import { serve } from '../harness/serve.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let opened: Opened;
beforeAll(async () => {
  stage = await setStage();
  opened = await openCustomerPortal(stage);
});
afterAll(() => stage.close());

const serveWithin = (limits: Partial<BodyLimits>) =>
  serve({ ...stage.services, bodies: createBodies({ ...BODY_LIMITS, ...limits }) });
const cookieOf = ({ client }: Pick<Opened, 'client'>) =>
  [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const cookie = () => cookieOf(opened);

const BOUNDARY = 'content-type: multipart/form-data; boundary=b';
const field = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const FILE = '--b\r\nContent-Disposition: form-data; name="attachments"; filename="a.txt"\r\n\r\nhello';

/** Sends the head of a request and a part of its body, and then nothing. */
async function begin(url: string, path: string, headers: string[], body: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const received = { text: '' };
  socket.setEncoding('utf8').on('data', (part) => (received.text += part));
  socket.on('error', () => {});
  const lines = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Sec-Fetch-Site: same-origin', ...headers];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  await once(socket, 'connect');
  return { socket, received, status: () => Number(/^HTTP\/1\.1 (\d+)/.exec(received.text)?.[1]) };
}

/** Lets a socket send a byte each time it may, however slowly that is taken. */
function drip(socket: Socket): AsyncDisposable {
  const timer = setInterval(() => socket.write('x'), 20);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
    },
  };
}

const newRequest = () => `${opened.path}/requests/new`;
const SLOW: [string, () => { path: string; headers: string[]; body: string; says: string }][] = [
  [
    'a form with files of a portal user',
    () => ({
      path: newRequest(),
      headers: [BOUNDARY, 'content-length: 49500000', `cookie: ${cookie()}`],
      body: field('subject', 'Typed so far') + FILE,
      says: 'value="Typed so far"',
    }),
  ],
  [
    'a form with files of nobody',
    () => ({
      path: newRequest(),
      headers: [BOUNDARY, 'content-length: 9000000'],
      body: field('subject', 'x'),
      says: 'html',
    }),
  ],
  [
    'a sign-in',
    () => ({
      path: `${opened.path}/sign-in`,
      headers: ['content-type: application/x-www-form-urlencoded', 'content-length: 1000'],
      body: 'email=',
      says: 'html',
    }),
  ],
  [
    'a sign-in to the console',
    () => ({
      path: '/console/sign-in',
      headers: ['content-type: application/x-www-form-urlencoded', 'content-length: 1000'],
      body: 'email=',
      says: 'html',
    }),
  ],
  [
    'a call of the API',
    () => ({
      path: `/v1/portals/${opened.slug}/users`,
      headers: ['content-type: application/json', 'transfer-encoding: chunked'],
      body: '5\r\n{"ema\r\n',
      says: '"code":"request_timeout"',
    }),
  ],
];

test.each(SLOW)('%s that goes silent is answered 408 and cut off, and nothing is kept', async (_what, of) => {
  const before = await keptRows(stage);
  await using api = await serveWithin({ windowMs: 300 });
  const { path, headers, body, says } = of();
  const sent = await begin(api.url, path, headers, body);
  await once(sent.socket, 'close');
  expect(sent.status()).toBe(408);
  expect(sent.received.text).toMatch(/^connection: close/im);
  expect(sent.received.text).toContain(says);
  expect(await keptRows(stage)).toEqual(before);
});

test('a body that arrives byte by byte is too slow, too, and so is one beyond the deadline', async () => {
  for (const limits of [{ windowMs: 400 }, { windowMs: 200, bytesPerWindow: 1, deadlineMs: 700 }]) {
    await using api = await serveWithin(limits);
    const { path, headers, body } = SLOW[0]![1]();
    const sent = await begin(api.url, path, headers, body);
    await using _bytes = drip(sent.socket);
    await once(sent.socket, 'close');
    expect([limits, sent.status()]).toEqual([limits, 408]);
  }
});

test('who uploads while too much is in memory gets 503 with what they typed; once it is gone the same form is accepted', async () => {
  await using api = await serveWithin({ signedInBytes: 300_000 });
  const other = await confirmedUser(stage, opened.slug, opened.api);
  const headers = [BOUNDARY, 'content-length: 9000000', `cookie: ${cookieOf(other)}`];
  const hold = () => begin(api.url, newRequest(), headers, FILE + 'x'.repeat(250_000));
  let holding = await hold();
  const form = { formKey: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e60', subject: 'Typed', description: 'Please' };
  const send = () =>
    sendForm(api, opened.client, newRequest(), form, [{ name: 'a.txt', content: 'y'.repeat(150_000) }]);
  let answer = await send();
  while (answer.status === 303) {
    if (holding.status() === 503) holding = await hold(); // it came later than the form
    answer = await send();
  }
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '10']);
  expect(answer.html).toContain('value="Typed"');
  holding.socket.destroy();
  while (answer.status === 503) answer = await send();
  expect(answer.status).toBe(303);
});

test('forms of nobody have less room, one network less still, and leave portal users theirs', async () => {
  for (const limits of [{ anonymousBytes: 300_000 }, { networkBytes: 300_000 }]) {
    await using api = await serveWithin(limits);
    const stalled = await Promise.all(
      Array.from({ length: 5 }, () =>
        begin(api.url, newRequest(), [BOUNDARY, 'content-length: 9000000'], field('subject', 'x'.repeat(90_000))),
      ),
    );
    const answered = await Promise.any(
      stalled.map(async ({ socket, status }) => {
        await once(socket, 'data');
        return status();
      }),
    );
    expect([limits, answered]).toEqual([limits, 503]);
    expect((await sendForm(api, opened.client, newRequest(), { subject: 'S', description: 'D' })).status).toBe(303);
    const program = apiClient(api.url, opened.key, `/v1${opened.path.replace('/p/', '/portals/')}`);
    await program.post('/contacts', { email: newAddress(), name: 'Jo' }).expecting(201);
    for (const { socket } of stalled) socket.destroy();
    const signIn = () =>
      fetch(`${api.url}${opened.path}/sign-in`, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ email: 'x'.repeat(1_000) }),
      });
    while ((await signIn()).status === 503);
    expect((await signIn()).status).toBe(401);
  }
});

test('files that come with a form of nobody are read past, and need no room', async () => {
  await using api = await serveWithin({ anonymousBytes: 600_000, networkBytes: 600_000 });
  const files = [1, 2, 3].map((n) => ({ name: `${n}.txt`, content: 'x'.repeat(900_000) }));
  const answer = await sendForm(api, { cookies: new Map() }, newRequest(), { subject: 'Typed before' }, files);
  expect(answer.status).toBe(401);
  expect(answer.html).toContain('value="Typed before"');
});
