import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPasswordProblem } from '../../commands/passwords/password.ts';
import { keepDemoApiKey, loadSecrets } from '../../embedded/settings.ts';
import { newFolder } from '../harness/embedded-processes.ts';

test('secrets are made once and only their owner may read them', () => {
  const folder = newFolder();
  const secrets = loadSecrets(folder, {});
  expect(secrets.linkKeys).toMatch(/^1:[\w-]{43}$/);
  expect(loadSecrets(folder, {})).toEqual(secrets);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(loadSecrets(newFolder(), {}).linkKeys).not.toBe(secrets.linkKeys);
});

test("the demo operator's password is words to be typed, good by the rule for all passwords", async () => {
  const passwords = Array.from({ length: 20 }, () => loadSecrets(newFolder(), {}).demoOperatorPassword);
  expect(new Set(passwords).size).toBe(20);
  for (const password of passwords) {
    expect(password).toMatch(/^[a-z]+(-[a-z]+){4,}$/);
    const ownWords = ['demo@example.com', 'Demo Operator', 'Acme Help Center'];
    expect(await findPasswordProblem(password, ownWords)).toBeUndefined();
  }
});

test('a file of an earlier version is completed, and its keys stay', () => {
  const folder = newFolder();
  const { demoOperatorPassword: _added, ...earlier } = loadSecrets(folder, {});
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(earlier));
  const completed = loadSecrets(folder, {});
  expect(completed).toEqual({ ...earlier, demoOperatorPassword: expect.stringMatching(/^[a-z-]{20,}$/) });
  expect(loadSecrets(folder, {})).toEqual(completed);
});

test('the demo key is kept beside the others', () => {
  const folder = newFolder();
  const secrets = loadSecrets(folder, {});
  keepDemoApiKey(folder, 'demo');
  expect(loadSecrets(folder, {})).toEqual({ ...secrets, demoApiKey: 'demo' });
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('ADMIN_API_KEY and LINK_KEYS win and are not written down', () => {
  const folder = newFolder();
  const env = { ADMIN_API_KEY: 'mine', LINK_KEYS: '2:also-mine' };
  expect(loadSecrets(folder, env)).toMatchObject({ adminApiKey: 'mine', linkKeys: '2:also-mine' });
  expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('mine');
});

test('a damaged file, or none beside a database, is refused instead of being replaced by new keys', () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'postgres'));
  expect(() => loadSecrets(folder, {})).toThrow(/secrets\.json is missing or damaged/);
  writeFileSync(join(folder, 'secrets.json'), '{"linkKeys":');
  expect(() => loadSecrets(folder, {})).toThrow(/secrets\.json is missing or damaged/);
});
