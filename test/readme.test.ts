import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { endpoints } from '../api/route-endpoints.ts';
import { NewPortal } from '../schemas/portal.ts';
import { PortalUserAnswer } from '../schemas/portal-user.ts';
import { STATUSES } from '../web/problem.ts';

const README = readFileSync('README.md', 'utf8');

test('every file and picture it links to is there', () => {
  const targets = [...README.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path!);
  expect(targets.length).toBeGreaterThan(3);
  for (const path of targets) expect(`${path} ${existsSync(path)}`).toBe(`${path} true`);
});

test('every folder of its map is there', () => {
  for (const [, folder] of README.matchAll(/^\| .*?`(\w+)\/`/gm))
    expect(`${folder} ${existsSync(folder!)}`).toBe(`${folder} true`);
});

test('every problem code is in its table, with its status', () => {
  const table = README.slice(README.indexOf('| `code`'), README.indexOf('## What happens when'));
  const internal = new Set(['internal_error', 'payload_too_large', 'unsupported_media_type']);
  for (const [code, status] of Object.entries(STATUSES)) {
    if (internal.has(code)) continue;
    const row = table.split('\n').find((line) => line.includes(`\`${code}\``));
    expect(`${code}: ${row}`).toContain(String(status));
  }
});

test('the portal user it shows has the form that the API answers', () => {
  const shown = JSON.parse(/```json\n([\s\S]+?)```/.exec(README)![1]!);
  expect(PortalUserAnswer.strict().parse(shown)).toEqual(shown);
});

test('every call it shows is an operation of the API', () => {
  const calls = [...README.matchAll(/curl (?:-X (\w+) )?"?localhost:3000(\/v1[^\s"?]*)/g)];
  expect(calls.length).toBeGreaterThan(6);
  for (const [, method = 'GET', path] of calls) {
    const template = path!.replace('/acme', '/{portal}').replace('$ID', '{id}');
    const found = endpoints.some((it) => it.method === method.toLowerCase() && it.path === template);
    expect(`${method} ${template} ${found}`).toBe(`${method} ${template} true`);
  }
});

test('the portal it creates is accepted', () => {
  const body = /-d '(\{"slug"[\s\S]+?\})'/.exec(README)![1]!;
  expect(NewPortal.safeParse(JSON.parse(body)).success).toBe(true);
});

test('every variable that the processes read is in its table', () => {
  const sources = [
    'api/configuration.ts',
    'worker/configuration.ts',
    'configuration/environment.ts',
    'embedded/settings.ts',
  ].map((path) => readFileSync(path, 'utf8'));
  const names = new Set(
    sources.flatMap((text) => [...text.matchAll(/^ {2}([A-Z][A-Z\d_]+):/gm)].map(([, name]) => name!)),
  );
  expect(names.size).toBeGreaterThan(10);
  const table = README.slice(README.indexOf('## Configuration'));
  for (const name of names) expect(`${name} ${table.includes(`\`${name}\``)}`).toBe(`${name} true`);
});
