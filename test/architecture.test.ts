import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  ALLOWED_IN_WORKFLOWS,
  BESIDE_THE_PRODUCT,
  ENTRY_POINTS,
  FLOORS,
  forbiddenFolders,
  PRODUCT_FOLDERS,
} from './harness/floors.ts';

const MOST_FILES = 320;
const MOST_LINES = 250;
const MEDIAN_LINES = { least: 45, most: 115 };
/** The share of all lines that one folder may have. */
const MOST_OF_THE_LINES = 0.25;
const SAYS_NOTHING = /^((utils?|helpers?|common|service|manager)\b|(words|names|misc)\.)/;

const sources = globSync(`{${[...PRODUCT_FOLDERS, ...BESIDE_THE_PRODUCT].join(',')}}/**/*.{ts,mts,mjs,js}`);
const product = sources.filter((path) => !BESIDE_THE_PRODUCT.includes(folderOf(path)));
const code = product.filter((path) => !path.startsWith('db/migrations/'));
const read = (path: string) => readFileSync(path, 'utf8');
const lines = (path: string) => read(path).split('\n').length - 1;

interface Import {
  from: string;
  to: string;
  isType: boolean;
}

const imports = product.flatMap(importsOf);

test('every folder with code has a floor', () => {
  const folders = new Set(globSync('*/**/*.ts', { exclude: ['node_modules'] }).map(folderOf));
  expect([...folders].toSorted()).toEqual([...PRODUCT_FOLDERS, ...BESIDE_THE_PRODUCT].toSorted());
});

test('a file imports from its own floor or from floors below, types included', () => {
  expect(imports.length).toBeGreaterThan(500);
  const upward = imports.filter(({ from, to }) => {
    const forbidden = ENTRY_POINTS.includes(from) ? BESIDE_THE_PRODUCT : forbiddenFolders(folderOf(from));
    return [...forbidden, ...BESIDE_THE_PRODUCT].includes(folderOf(to));
  });
  expect(upward).toEqual([]);
});

test('files do not import each other in a circle, types included', () => {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const circles: string[][] = [];
  const follow = (path: string, way: string[]) => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path]);
    if (done.has(path) || way.includes(path)) return;
    for (const { to } of next.get(path) ?? []) follow(to, [...way, path]);
    done.add(path);
  };
  for (const path of product) follow(path, []);
  expect(circles).toEqual([]);
});

test('workflows import the vocabulary, and the types of the activities', () => {
  const others = imports.filter(({ from, to, isType }) => {
    const isAllowed =
      to.startsWith('workflows/') ||
      to.startsWith(ALLOWED_IN_WORKFLOWS.values) ||
      (isType && to === ALLOWED_IN_WORKFLOWS.types);
    return from.startsWith('workflows/') && !isAllowed;
  });
  expect(others).toEqual([]);
});

test('the linter shows the floors in the editor', () => {
  const { overrides } = JSON.parse(read('biome.json')) as { overrides: unknown[] };
  const expected = FLOORS.flatMap(({ folders }) => folders.map(linterOverride)).filter((override) => override !== null);
  expect(overrides.slice(0, expected.length)).toEqual(expected);
});

test('the files are few, of a size to read at once, and in no folder too many', () => {
  expect(code.length).toBeLessThanOrEqual(MOST_FILES);
  expect(sources.filter((path) => lines(path) > MOST_LINES)).toEqual([]);
  const byLength = code.map(lines).toSorted((a, b) => a - b);
  const median = byLength[Math.floor(byLength.length / 2)]!;
  expect(median).toBeGreaterThanOrEqual(MEDIAN_LINES.least);
  expect(median).toBeLessThanOrEqual(MEDIAN_LINES.most);
  const total = code.reduce((sum, path) => sum + lines(path), 0);
  for (const [folder, files] of Map.groupBy(code, folderOf)) {
    const share = files!.reduce((sum, path) => sum + lines(path), 0) / total;
    expect(`${folder}: ${share <= MOST_OF_THE_LINES}`).toBe(`${folder}: true`);
  }
});

test('file names are kebab-case and say what is inside', () => {
  for (const path of sources) {
    expect(basename(path)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.(ts|mts|mjs|js)$/);
    expect(basename(path)).not.toMatch(SAYS_NOTHING);
  }
});

test('every folder says in a README what is in it', () => {
  for (const folder of PRODUCT_FOLDERS) expect(read(`${folder}/README.md`)).toMatch(/^# \S/);
});

test('a file that a document names is there', () => {
  const folders = [...PRODUCT_FOLDERS, ...BESIDE_THE_PRODUCT].join('|');
  const documents = [...globSync('*.md', { exclude: ['CHANGELOG.md'] }), ...globSync('docs/*.md')];
  const named = new RegExp(`\`((?:${folders})/[\\w./-]+\\.\\w+)\``, 'g');
  const paths = documents.flatMap((document) => [...read(document).matchAll(named)].map(([, path]) => path!));
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

test('the image has every folder that the API and the worker import', () => {
  const needed = PRODUCT_FOLDERS.filter((folder) => folder !== 'embedded');
  const copied = [...read('Dockerfile').matchAll(/^COPY (\w+) \1$/gm)].map(([, folder]) => folder);
  expect(copied.toSorted()).toEqual(needed.toSorted());
  const kept = [...read('.dockerignore').matchAll(/^!(\w+)$/gm)].map(([, folder]) => folder);
  expect(kept.toSorted()).toEqual(needed.toSorted());
});

test('nothing is left to be done later, and no registry or home folder is named', () => {
  const texts = [
    ...sources,
    'package.json',
    'package-lock.json',
    ...globSync('*.{md,yml}'),
    ...globSync('docs/**/*.md'),
  ];
  for (const path of texts) {
    if (path === 'test/architecture.test.ts' || !statSync(path).isFile()) continue;
    expect(`${path}: ${/\b(TODO|FIXME|XXX)\b/.exec(read(path)) ?? ''}`).toBe(`${path}: `);
    expect(`${path}: ${/registry\.npmjs|\/root\/|\/home\/\w/.exec(read(path)) ?? ''}`).toBe(`${path}: `);
  }
});

function folderOf(path: string): string {
  return path.slice(0, path.indexOf('/'));
}

/** Imports and re-exports of files of the project, also `import(…)`. */
function importsOf(from: string): Import[] {
  const statements = read(from).matchAll(
    /(?:^(import|export)( type)?\b[^;'"]*?|\bimport\()\s*['"](\.{1,2}\/[^'"]+)['"]/gm,
  );
  return [...statements].map(([, , type, path]) => ({
    from,
    to: normalize(join(dirname(from), path!)),
    isType: type !== undefined,
  }));
}

/** What biome.json has for a folder; null where nothing is forbidden. */
function linterOverride({ name, withoutPackages = [] }: (typeof FLOORS)[number]['folders'][number]) {
  const forbidden = [...forbiddenFolders(name), ...BESIDE_THE_PRODUCT];
  const files = ENTRY_POINTS.filter((path) => path.startsWith(`${name}/`)).map((path) => `!${path}`);
  const patterns = [
    { group: forbidden.map((folder) => `**/${folder}/**`), message: `${name}/ imports from its own floor or below.` },
    ...(withoutPackages.length > 0
      ? [{ group: withoutPackages, message: `${name}/ does without these packages.` }]
      : []),
  ];
  return {
    includes: [`${name}/**`, ...files],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } },
  };
}
