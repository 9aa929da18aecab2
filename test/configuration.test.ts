import { expect, test } from '@jest/globals';
import { readApiConfiguration } from '../api/configuration.ts';
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

test('what is wrong is named without quoting secrets', () => {
  const wrong = { ...environment, LINK_KEYS: 'my-secret', ADMIN_API_KEY: 'short', PORT: 'many' };
  expect(() => readApiConfiguration(wrong)).toThrow(/LINK_KEYS/);
  expect(() => readApiConfiguration(wrong)).toThrow(/ADMIN_API_KEY/);
  expect(() => readApiConfiguration(wrong)).toThrow(/PORT/);
  expect(() => readApiConfiguration(wrong)).not.toThrow(/my-secret/);
});
