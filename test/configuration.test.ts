import { expect, test } from '@jest/globals';
import { readApiConfiguration, requireGoodOperatorPassword } from '../api/configuration.ts';
import { readWorkerConfiguration } from '../worker/configuration.ts';
import { TEST_LINK_KEYS } from './harness/test-worker.ts';

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
  ['nine boats', 'OPERATOR_PASSWORD: Use at least 15 characters, for example four or five words.'],
  ['olga@example.com', 'OPERATOR_PASSWORD: This password is too easy to guess. Choose another one.'],
])("the first operator's password %j is refused in one line", async (OPERATOR_PASSWORD, line) => {
  const wrong = { ...environment, OPERATOR_EMAIL: 'olga@example.com', OPERATOR_PASSWORD };
  const message = `Configuration (see README.md):\n  ${line}`;
  await expect(requireGoodOperatorPassword(readApiConfiguration(wrong))).rejects.toThrow(message);
});
