import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ApiClient } from '../harness/api-client.ts';
import { expectProblem, newAddress, rowCounts } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let api: ApiClient;
let slug: string;
let before: Record<string, number>;

beforeAll(async () => {
  stage = await setStage();
  ({ api, slug } = await stage.openPortal());
  before = await rowCounts(stage);
});
afterAll(() => stage.close());

const jane = (changes: Record<string, unknown> = {}) => ({ email: 'jane@example.com', name: 'Jane Doe', ...changes });
const text = (changes: string) => `{"email":"jane@example.com","name":"Jane Doe",${changes}}`;

/** Title, what is sent as the body of `POST …/users`, and the fields the answer names; null: it cannot know them. */
const BODIES: [string, unknown, string[] | null][] = [
  ['half a document', '{"email":"jane@example.com"', null],
  ['no JSON at all', 'email=jane@example.com', null],
  ['a bare string', '"jane@example.com"', null],
  ['null', 'null', null],
  ['an array', [], ['body']],
  ['an empty body', '', ['email', 'name']],
  ['no body', undefined, ['email', 'name']],
  ['no name', { email: 'jane@example.com' }, ['name']],
  ['wrong types', jane({ email: 1, name: { first: 'Jane' } }), ['email', 'name']],
  ['an empty name', jane({ name: ' ' }), ['name']],
  ['a name of 501 characters', jane({ name: 'x'.repeat(501) }), ['name']],
  ['unknown fields', jane({ admin: true, id: 'x' }), ['admin', 'id']],
  ['both forms in one', jane({ contactId: '019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f' }), ['contactId']],
  ['__proto__', text('"__proto__":{"admin":true}'), ['body']],
  ['a constructor', text('"constructor":{"prototype":{"admin":true}}'), ['constructor']],
  ['__proto__ in metadata', text('"metadata":{"__proto__":"x"}'), ['metadata']],
  ['nested metadata', jane({ metadata: { a: { b: 1 } } }), ['metadata.a']],
  ['metadata beyond all numbers', text('"metadata":{"a":1e999}'), ['metadata.a']],
  ['an empty metadata key', jane({ metadata: { '': 1 } }), ['metadata.']],
  [
    '51 metadata keys',
    jane({ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, i])) }),
    ['metadata'],
  ],
  ['NUL written out', text('"locale":"\\u0000"'), ['locale']],
  ['NUL as a byte', text('"locale":"\0"'), null],
  ['NUL in a name', jane({ name: 'Jane\0Doe' }), ['name']],
  ['NUL in a metadata value', jane({ metadata: { crm: { id: ['\0'] } } }), ['metadata.crm.id[0]']],
  ['NUL in a metadata key', jane({ metadata: { 'a\0': 1 } }), ['metadata']],
  ['half a surrogate pair', text('"metadata":{"a":"\\ud83c"}'), ['metadata.a']],
  ['bytes that are not UTF-8', Buffer.from('{"email":"jane@example.com","name":"Jan\xe9"}', 'latin1'), null],
  ['a line end in a name', jane({ name: 'Jane\r\nBcc: evil@example.com' }), ['name']],
  ['a line end before a name', jane({ name: '\r\nJane' }), ['name']],
  ['a line end after an address', jane({ email: 'jane@example.com\r\n' }), ['email']],
  ['a Unicode line separator', jane({ name: 'Jane\u2028Doe' }), ['name']],
  ['an underscore in a locale', jane({ locale: 'de_AT' }), ['locale']],
  ['an endless locale', jane({ locale: `en-x${'-aaaaaaaa'.repeat(20)}` }), ['locale']],
  ['arrays in arrays', '['.repeat(40_000) + ']'.repeat(40_000), ['[0][0][0][0][0][0][0][0][0][0]']],
  [
    'arrays in metadata',
    text(`"metadata":{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}`),
    ['metadata.a[0][0][0][0][0][0][0][0]'],
  ],
];

test.each(BODIES)('a body with %s is refused', async (_title, body, fields) => {
  const answer = await api.post('/users', body);
  expectProblem(answer, 400, 'invalid_request', fields ?? []);
});

test('of thousands of wrong fields, a hundred are told', async () => {
  const fields = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`field${i}`, i]));
  expect((await api.post('/users', jane(fields))).body.errors).toHaveLength(100);
  expect((await api.post('/users', { ids: Array(10_000).fill('\0') })).body.errors).toHaveLength(100);
});

test('a body of 10 MB is refused, with its length declared or not', async () => {
  const large = Buffer.from(JSON.stringify(jane({ name: 'x'.repeat(10_000_000) })));
  expectProblem(await api.post('/users', large), 413, 'payload_too_large');
  expectProblem(await chunked(large), 413, 'payload_too_large');
  const packed = { 'content-encoding': 'gzip' };
  expectProblem(await api.post('/users', gzipSync(large), packed), 413, 'payload_too_large');
});

async function chunked(body: Buffer) {
  const response = await fetch(`${stage.url}/v1/portals/${slug}/users`, {
    method: 'POST',
    body: new Blob([body]).stream(),
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

test.each([
  ['Content-Type', 'application/json; charset=utf-16', 415, 'unsupported_media_type'],
  ['Content-Type', 'application/json; charset=utf-7', 415, 'unsupported_media_type'],
  ['Content-Type', 'application/json; charset=iso-8859-1', 415, 'unsupported_media_type'],
  ['Content-Type', 'application/json; charset=nonsense', 415, 'unsupported_media_type'],
  ['Content-Encoding', 'nonsense', 415, 'unsupported_media_type'],
  ['Content-Encoding', 'gzip', 400, 'invalid_request'], // it is none
  ['Content-Encoding', 'br', 400, 'invalid_request'],
])('a body sent as %s: %s is refused', async (header, value, status, code) => {
  expectProblem(await api.post('/users', jane(), { [header]: value }), status, code);
});

const ADDRESSES = [
  'a@x, evil@y',
  'jane@example.com, evil@example.com',
  'jane@example.com,',
  'jane@example.com;evil@example.com',
  'friends: jane@example.com;',
  '"jane@evil"@example.com',
  '"jane doe"@example.com',
  'Jane <jane@example.com>',
  '<jane@example.com>',
  'jane(comment)@example.com',
  'mailto:jane@example.com',
  'jane@example.com\nBcc: evil@example.com',
  'jane@[127.0.0.1]',
  'jane@127.0.0.1',
  'jane@[IPv6:::1]',
  'jane@0x7f000001',
  'jane@localhost',
  'jane@example.com.',
  'jane@.example.com',
  'jane@example..com',
  '.jane@example.com',
  'jane.@example.com',
  'ja..ne@example.com',
  'jane@example%2ecom',
  'jane@example.com/path',
  'jane@example.com?cc=evil@example.com',
  'jane@exam ple.com',
  'jane@-example.com',
  'jane@exam\u200bple.com',
  'jane@example\u3002com',
  'j\u202eane@example.com',
  'j\\ane@example.com',
  'jane@@example.com',
  'jane',
  'jane@',
  '@example.com',
  `${'j'.repeat(65)}@example.com`,
  `${'é'.repeat(33)}@example.com`,
  `jane@${'x'.repeat(64)}.com`,
  `jane@${'x.'.repeat(130)}com`,
  '',
];

test.each(ADDRESSES)('the address %j is refused, for users, contacts, changes and settings', async (email) => {
  expectProblem(await api.post('/users', jane({ email })), 400, 'invalid_request', ['email']);
  expectProblem(await api.post('/contacts', jane({ email })), 400, 'invalid_request', ['email']);
  expectProblem(await api.patch('', { replyTo: email }), 400, 'invalid_request', ['replyTo']);
});

test.each([
  ['limit=0', 'query.limit'],
  ['limit=201', 'query.limit'],
  ['limit=ten', 'query.limit'],
  ['limit=1.5', 'query.limit'],
  ['limit=1&limit=2', 'query.limit'],
  ['q=a&q=b', 'query.q'],
  ['q=%00', 'query.q'],
  [`q=${'x'.repeat(201)}`, 'query.q'],
  ['status=unknown', 'query.status'],
  ['status=confirmed&status=deactivated', 'query.status'],
  ['delivery=', 'query.delivery'],
  ['sort=password_hash', 'query.sort'],
  ['sort=name%00', 'query.sort'],
  ['__proto__=1', 'query.__proto__'],
  ['constructor=1', 'query.constructor'],
  ['status[]=confirmed', 'query.status[]'],
])('the query ?%s is refused', async (query, field) => {
  expectProblem(await api.get(`/users?${query}`), 400, 'invalid_request', [field]);
});

test.each([
  ['a malformed percent-encoding', '/%ff', 400, 'invalid_request'],
  ['half a percent-encoding', '/%E0%A4%A', 400, 'invalid_request'],
  ['NUL in an id', '/%00', 404, 'not_found'],
  ['no UUID', '/1', 404, 'not_found'],
  ['an operator for an id', '/%7B%22$ne%22:null%7D', 404, 'not_found'],
  ['an id of nobody', '/019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f', 404, 'not_found'],
  ['a path of nothing', '/019b2f6e-9d0c-7a55-b6f3-3a0f1c2d4e5f/nothing', 404, 'not_found'],
])('an address with %s is refused', async (_title, path, status, code) => {
  expectProblem(await api.get(`/users${path}`), status, code);
});

test.each(['%00', '%ff', '..%2f..', 'UPPER', 'x'.repeat(64), 'a%20b'])('there is no portal %j', async (name) => {
  const answers = [await stage.admin.get(`/v1/portals/${name}`), await stage.admin.patch(`/v1/portals/${name}`, {})];
  for (const { status } of answers) expect(status).toBe(name === '%ff' ? 400 : 404);
});

test.each(['PUT', 'DELETE'])('the method %s is not taken where it means nothing', async (method) => {
  const known = ['/v1/portals', `/v1/portals/${slug}/users`, '/healthz', '/openapi.json'];
  for (const path of [...known, '/v1', '/nothing']) {
    const response = await fetch(stage.url + path, { method });
    const answer = { status: response.status, headers: response.headers, body: await response.json() };
    if (known.includes(path)) expectProblem(answer, 405, 'method_not_allowed');
    else expectProblem(answer, 404, 'not_found');
  }
});

test('all of that wrote nothing and mailed nobody; packed JSON is welcome', async () => {
  expect(await rowCounts(stage)).toEqual(before);
  const email = newAddress();
  await api
    .post('/users', brotliCompressSync(JSON.stringify(jane({ email }))), { 'content-encoding': 'br' })
    .expecting(201);
  await stage.sink.mailTo(email);
  expect(stage.sink.mails).toHaveLength(1);
});
