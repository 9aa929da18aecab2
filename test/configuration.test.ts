import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from '@jest/globals';
import { readApiConfiguration, requireGoodOperatorPassword } from '../api/configuration.ts';
import { readWorkerConfiguration } from '../worker/configuration.ts';
import { TEST_LINK_KEYS } from './harness/test-worker.ts';

const api = readApiConfiguration;
const worker = readWorkerConfiguration;
/** Who reads what only one of the two processes has. */
const READERS: Record<string, ((environment: NodeJS.ProcessEnv) => unknown)[]> = {
  SMTP_URL: [worker],
  MAIL_FROM: [worker],
  ADMIN_API_KEY: [api],
  TEMPORAL_UI_URL: [api],
};
const SMTP_FORM =
  'must be like smtp://user:password@mail.example.com:587 or smtps://…, with special characters percent-encoded';
const environment = {
  DATABASE_URL: 'postgres://localhost/x',
  SMTP_URL: 'smtp://localhost',
  PUBLIC_URL: 'https://portal.example/',
  MAIL_FROM: 'invitations@mail.example',
  LINK_KEYS: TEST_LINK_KEYS,
};

test('a complete environment is read, and the origin loses its last slash', () => {
  expect(readWorkerConfiguration(environment)).toMatchObject({ PUBLIC_URL: 'https://portal.example' });
  expect(readApiConfiguration(environment)).toMatchObject({ PORT: 3000 });
});

test.each(Object.keys(environment))('a worker without %s says that it is missing', (name) => {
  expect(() => readWorkerConfiguration({ ...environment, [name]: undefined })).toThrow(name);
});

test('API and worker are told of the bucket for attachments, and an endpoint without one is refused', () => {
  const s3 = { ATTACHMENTS_S3_BUCKET: 'attachments', ATTACHMENTS_S3_ENDPOINT: 'http://storage.example:9000' };
  for (const read of [readApiConfiguration, readWorkerConfiguration]) {
    expect(read({ ...environment, ...s3 })).toMatchObject(s3);
    expect(read(environment).ATTACHMENTS_S3_BUCKET).toBe(undefined);
    const refused = (wrong: object) => expect(() => read({ ...environment, ...s3, ...wrong })).toThrow;
    refused({ ATTACHMENTS_S3_BUCKET: '' })('ATTACHMENTS_S3_BUCKET: is not set, but ATTACHMENTS_S3_ENDPOINT is');
    refused({ ATTACHMENTS_S3_BUCKET: 'A/b' })('ATTACHMENTS_S3_BUCKET: must be a name');
    refused({ ATTACHMENTS_S3_ENDPOINT: 'storage:9000' })('ATTACHMENTS_S3_ENDPOINT: must be a URL');
  }
});

test('what is wrong is named without quoting secrets', () => {
  const wrong = { ...environment, LINK_KEYS: 'my-secret', ADMIN_API_KEY: 'short', PORT: 'many' };
  expect(() => readApiConfiguration(wrong)).toThrow(/LINK_KEYS/);
  expect(() => readApiConfiguration(wrong)).toThrow(/ADMIN_API_KEY/);
  expect(() => readApiConfiguration(wrong)).toThrow(/PORT/);
  expect(() => readApiConfiguration(wrong)).not.toThrow(/my-secret/);
});

test('the first operator has an address and a good password, or is not set at all', () => {
  const first = { OPERATOR_EMAIL: 'olga@example.com', OPERATOR_PASSWORD: 'nine small boats sail home' };
  expect(readApiConfiguration({ ...environment, ...first })).toMatchObject(first);
  expect(readApiConfiguration({ ...environment, OPERATOR_EMAIL: '', OPERATOR_PASSWORD: '' }).OPERATOR_EMAIL).toBe(
    undefined,
  );
});

test('the limit on calls is a thousand a minute, or another number', () => {
  const limit = (API_RATE_LIMIT?: string) => readApiConfiguration({ ...environment, API_RATE_LIMIT }).API_RATE_LIMIT;
  expect([limit(), limit('25')]).toEqual([1_000, 25]);
  for (const wrong of ['0', '-1', 'many', '1.5']) expect(() => limit(wrong)).toThrow('API_RATE_LIMIT');
});

test('the proxies to believe are a number of them, or their addresses', () => {
  const proxies = (TRUST_PROXY?: string) => readApiConfiguration({ ...environment, TRUST_PROXY }).TRUST_PROXY;
  expect(proxies()).toBe(0);
  expect(proxies('2')).toBe(2);
  const addresses = ['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.7'];
  expect(proxies('loopback , 10.0.0.0/8,fd00::/8, 192.0.2.7')).toEqual(addresses);
});

test.each([
  [{ OPERATOR_EMAIL: 'olga@example.com' }, 'OPERATOR_PASSWORD: is not set, but OPERATOR_EMAIL is: set both, or none'],
  [
    { OPERATOR_PASSWORD: 'nine small boats sail home' },
    'OPERATOR_EMAIL: is not set, but OPERATOR_PASSWORD is: set both, or none',
  ],
  [
    { OPERATOR_EMAIL: 'olga', OPERATOR_PASSWORD: 'nine small boats sail home' },
    'OPERATOR_EMAIL: must be one plain e-mail address, such as jane@example.com',
  ],
  [{ TRUST_PROXY: 'yes, please' }, 'TRUST_PROXY: must be a number of proxies, or their addresses with commas between'],
  [
    { TRUST_PROXY: 'nowhere.example' },
    'TRUST_PROXY: must be a number of proxies, or their addresses with commas between',
  ],
])('%j is refused in one line', (wrong, line) => {
  expect(() => readApiConfiguration({ ...environment, ...wrong })).toThrow(`Configuration (see README.md):\n  ${line}`);
});

test.each([
  [
    'ADMIN_API_KEY',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'repeats a few characters: make one with `openssl rand -base64 32`',
  ],
  [
    'ADMIN_API_KEY',
    '0101010101010101010101010101',
    'repeats a few characters: make one with `openssl rand -base64 32`',
  ],
  ['ADMIN_API_KEY', '12345678901234567890', 'repeats a pattern: make one with `openssl rand -base64 32`'],
  ['ADMIN_API_KEY', 'please-change-me-before-you-start', 'is a placeholder: make one with `openssl rand -base64 32`'],
  ['ADMIN_API_KEY', 'nineteen-characters', 'must be 20 to 200 visible ASCII characters'],
  [
    'LINK_KEYS',
    `1:${Buffer.alloc(32).toString('base64url')}`,
    'key 1 repeats a few characters: make one with `openssl rand`',
  ],
  [
    'LINK_KEYS',
    `7:${Buffer.from('0123456789abcdef'.repeat(2)).toString('base64url')}`,
    'key 7 repeats a pattern: make one with `openssl rand`',
  ],
  ['LINK_KEYS', `1:${randomBytes(31).toString('base64url')}`, 'key 1 is shorter than 32 bytes'],
  ['LINK_KEYS', `${TEST_LINK_KEYS},${TEST_LINK_KEYS.replace('1:', '2:')}`, 'keys 1 and 2 are the same'],
  [
    'PUBLIC_URL',
    'https://portal.example/path',
    'must not have a path: it must be an origin like https://portal.example.com',
  ],
  [
    'PUBLIC_URL',
    'https://portal.example/?a=b',
    'must not have a query: it must be an origin like https://portal.example.com',
  ],
  [
    'PUBLIC_URL',
    'https://portal.example#a',
    'must not have a fragment: it must be an origin like https://portal.example.com',
  ],
  [
    'PUBLIC_URL',
    'https://olga:secret@portal.example',
    'must not have a user name or password: it must be an origin like https://portal.example.com',
  ],
  [
    'PUBLIC_URL',
    'ftp://portal.example',
    'must be an origin like https://portal.example.com: it needs http:// or https://',
  ],
  ['PUBLIC_URL', 'portal.example', 'must be an origin like https://portal.example.com: it needs http:// or https://'],
  ['PUBLIC_URL', 'https://', 'must be an origin like https://portal.example.com'],
  ['PUBLIC_URL', 'https://portal.example\\path', 'must be an origin like https://portal.example.com'],
  ['TEMPORAL_UI_URL', 'javascript:alert(1)', 'must be a URL like https://temporal.example.com'],
  [
    'DATABASE_URL',
    'postgres://postgres:change-me@db/x',
    'its password is change-me, as in .env.example: choose another one',
  ],
  ['DATABASE_URL', 'postgres://db/x?sslmode=prefer', 'sslmode must be one of disable, require, verify-ca, verify-full'],
  ['SMTP_URL', 'mail.example:25', SMTP_FORM],
  ['SMTP_URL', 'smtp://', SMTP_FORM],
  ['SMTP_URL', 'smtp://mail.example/path', SMTP_FORM],
  ['SMTP_URL', 'smtp://user:se#cret@mail.example', SMTP_FORM],
  [
    'SMTP_URL',
    'smtp://mail.example?requireTls=true',
    'the parameter requireTls is not supported: it would have no effect',
  ],
  ['SMTP_URL', 'smtp://mail.example?secure=true', 'the parameter secure is not supported: it would have no effect'],
  ['SMTP_URL', 'smtp://mail.example?requireTLS=yes', 'the parameter requireTLS has a value that it cannot have'],
  ['SMTP_URL', 'smtp://mail.example?requireTLS=true&ignoreTLS=true', 'requireTLS and ignoreTLS contradict each other'],
  ['MAIL_FROM', 'invitations@xn--a.example', 'must be one plain e-mail address'],
])('%s=%s is refused in one line', (name, value, message) => {
  const line = `Configuration (see README.md):\n  ${name}: ${message}`;
  for (const read of READERS[name] ?? [api, worker]) {
    expect(() => read({ ...environment, [name]: value })).toThrow(new Error(line));
  }
});

test('all that is wrong is listed together, a line each', () => {
  const wrong = { ...environment, LINK_KEYS: '1:AAAA', PUBLIC_URL: 'x', DATABASE_URL: 'x' };
  for (const read of [api, worker]) {
    expect(() => read(wrong)).toThrow(/^Configuration .*:(\n {2}(DATABASE_URL|LINK_KEYS|PUBLIC_URL): .*){3}$/);
  }
});

test('secrets that were drawn are taken, whatever their alphabet', () => {
  const drawn = [randomBytes(10).toString('hex'), randomBytes(32).toString('base64'), randomUUID()];
  for (const key of drawn) expect(api({ ...environment, ADMIN_API_KEY: key }).ADMIN_API_KEY).toBe(key);
  const keys = `2:${randomBytes(32).toString('base64url')},${TEST_LINK_KEYS}`;
  expect(worker({ ...environment, LINK_KEYS: keys }).LINK_KEYS.current).toBe(2);
});

test('a mail server may be given with what nodemailer needs to know of it', () => {
  const url = 'smtp://user:p%40ss@mail.example:587?requireTLS=true&tls.servername=mx.example&maxConnections=3';
  expect(worker({ ...environment, SMTP_URL: url }).SMTP_URL).toBe(url);
});

test('the values of .env.example are not enough to start', () => {
  const example = parseEnv(readFileSync(new URL('../.env.example', import.meta.url), 'utf8'));
  const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');
  const url = /DATABASE_URL: (.+)/
    .exec(compose)![1]!
    .replace(/\$\{POSTGRES_PASSWORD.*?\}(?=@)/, example.POSTGRES_PASSWORD!);
  const { PUBLIC_URL: _unset, ...given } = example;
  for (const read of [api, worker]) {
    expect(() => read({ ...environment, ...given, DATABASE_URL: url })).toThrow('LINK_KEYS is not set');
    expect(() => read({ ...environment, DATABASE_URL: url })).toThrow('DATABASE_URL: its password is change-me');
  }
});

test.each([
  ['nine boats', 'OPERATOR_PASSWORD: Use at least 15 characters, for example four or five words.'],
  ['olga@example.com', 'OPERATOR_PASSWORD: This password is too easy to guess. Choose another one.'],
])("the first operator's password %j is refused in one line", async (OPERATOR_PASSWORD, line) => {
  const wrong = { ...environment, OPERATOR_EMAIL: 'olga@example.com', OPERATOR_PASSWORD };
  const message = `Configuration (see README.md):\n  ${line}`;
  await expect(requireGoodOperatorPassword(readApiConfiguration(wrong))).rejects.toThrow(message);
});

test.each(['ATTACHMENTS_S3_ENDPONT', 'ADMIN_API_KEYS', 'TRUST_PROXIES'])(
  'the misspelt variable %s is named',
  (name) => {
    const line = `Configuration (see README.md):\n  ${name} is no setting: it would have no effect`;
    for (const read of [api, worker]) {
      expect(() => read({ ...environment, [name]: '1' })).toThrow(new Error(line));
      expect(
        read({ ...environment, ATTACHMENTS_S3_SERVICE_HOST: '10.0.0.1', ATTACHMENTS_PORT: 'tcp://10.0.0.1:1' }),
      ).toBeTruthy();
    }
  },
);
