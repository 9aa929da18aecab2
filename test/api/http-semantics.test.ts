import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endpoints } from '../../api/route-endpoints.ts';
import type { ApiClient } from '../harness/api-client.ts';
import { askForJson, expectProblem, invite } from '../harness/invite.ts';
import { serve } from '../harness/serve.ts';
import { ADMIN_API_KEY, type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let slug: string;
let api: ApiClient;
let key: string;
let link: string;
beforeAll(async () => {
  stage = await setStage();
  ({ slug, api, key } = await stage.openPortal());
  ({ link } = await invite(stage, api)); // which opens the portal
});
afterAll(() => stage.close());

const ID = '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f';
const addressOf = (path: string) => stage.url + path.replace('{portal}', slug).replace('{id}', ID);
const allowOf = (headers: Headers) => headers.get('allow')!.split(', ').toSorted();

test.each([...new Set(endpoints.map(({ path }) => path))])(
  '%s refuses every other method and lists its own',
  async (path) => {
    const declared = endpoints.filter((one) => one.path === path).map(({ method }) => method.toUpperCase());
    const allowed = [...declared, ...(declared.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].toSorted();
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].filter((method) => !declared.includes(method));
    for (const method of others) {
      const body = method === 'GET' ? {} : { body: '{"half' }; // a body of a refused method is not judged
      const response = await fetch(addressOf(path), { method, ...body });
      const answer = { status: response.status, headers: response.headers, body: await response.json() };
      expectProblem(answer, 405, 'method_not_allowed');
      expect([method, allowOf(response.headers)]).toEqual([method, allowed]);
    }
    const options = await fetch(addressOf(path), { method: 'OPTIONS' });
    expect([options.status, allowOf(options.headers)]).toEqual([204, allowed]);
  },
);

test('HEAD gives the headers of GET and no body', async () => {
  const headers = { authorization: `Bearer ${key}` };
  const [head, get] = [
    await fetch(addressOf('/v1/portals/{portal}'), { method: 'HEAD', headers }),
    await fetch(addressOf('/v1/portals/{portal}'), { headers }),
  ];
  for (const name of ['etag', 'content-type', 'content-length', 'cache-control']) {
    expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
  }
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test.each([
  ['/console/sign-in', 'GET, HEAD, POST, OPTIONS'],
  ['/p/{portal}/sign-in', 'GET, HEAD, POST, OPTIONS'],
  ['/confirm/abc', 'GET, HEAD, POST, OPTIONS'],
  ['/console/nothing', 'GET, HEAD, POST, OPTIONS'],
  ['/p/nothing/sign-in', 'GET, HEAD, POST, OPTIONS'],
  ['/p/{portal}/welcome', 'GET, HEAD, OPTIONS'],
  ['/p/{portal}/theme.css', 'GET, HEAD, OPTIONS'],
  ['/p/nothing', 'GET, HEAD, POST, OPTIONS'],
  ['/', 'GET, HEAD, OPTIONS'],
  ['/healthz', 'GET, HEAD, OPTIONS'],
  ['/openapi.json', 'GET, HEAD, OPTIONS'],
  ['/docs/', 'GET, HEAD, OPTIONS'],
  ['/assets/style.css', 'GET, HEAD, OPTIONS'],
])('the page %s refuses methods of no page', async (path, allow) => {
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const { status, headers } = await fetch(addressOf(path), { method, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([method, status, headers.get('allow')]).toEqual([method, 405, allow]);
    const elsewhere = await fetch(addressOf(path), { method, headers: { 'sec-fetch-site': 'cross-site' } });
    expect([method, elsewhere.status]).toEqual([method, 405]);
  }
  const options = await fetch(addressOf(path), { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
});

test('no answer of the API may be stored, whether it is a success or a problem', async () => {
  const answers = [
    await api.get(''),
    await api.get('/users'),
    await api.get(`/users/${ID}`),
    await api.get('', { 'if-none-match': '*' }),
    await api.post('/users', {}),
    await stage.admin.post(`/v1/portals/${slug}/api-keys`, { name: 'not stored' }),
    await stage.admin.get('/v1/nothing'),
    await stage.admin.get('/v1/portals', { authorization: 'Bearer wrong' }),
    await askForJson(link),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 304, 400, 201, 404, 405, 200]);
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'));
  expect(answers.slice(4).map(({ headers }) => headers.get('etag'))).toEqual([null, null, null, null, null]);
});

test.each([
  ['no header', undefined, 'Bearer realm="Portal Invitations"'],
  ['another scheme', 'Basic YTpi', 'Bearer realm="Portal Invitations"'],
  ['no token', 'Bearer ', 'Bearer realm="Portal Invitations"'],
  ['an unknown token', 'Bearer pik_unknown', 'Bearer realm="Portal Invitations", error="invalid_token"'],
  ['what no token can be', 'bearer a b', 'Bearer realm="Portal Invitations", error="invalid_token"'],
])('a caller with %s is told how to authenticate', async (_title, authorization, challenge) => {
  const response = await fetch(addressOf('/v1/portals/{portal}'), {
    headers: { ...(authorization && { authorization }) },
  });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge]);
});

test('browsers are told to keep to TLS only where there is TLS', async () => {
  expect((await fetch(`${stage.url}/healthz`)).headers.has('strict-transport-security')).toBe(false);
  await using secure = await serve({ ...stage.services, publicUrl: 'https://portal.example' });
  const told = (await fetch(`${secure.url}/healthz`)).headers.get('strict-transport-security');
  expect(told).toMatch(/^max-age=31536000/);
});

test.each([
  ['two different Host headers', ['Host: a.example', 'Host: b.example']],
  ['the same Host header twice', ['Host: a.example', 'hOST: a.example']],
  ['no Host header', []],
])('a request with %s is refused', async (_title, hosts) => {
  const lines = ['GET /v1/portals HTTP/1.1', ...hosts, `Authorization: Bearer ${ADMIN_API_KEY}`, 'Connection: close'];
  const socket = connect(Number(new URL(stage.url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => (text += part));
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
});
