import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, newFolder, PROJECT_ROOT, type Program, runModule, runNode } from '../harness/embedded-processes.ts';
import { eventually } from '../harness/eventually.ts';

test('dependencies are installed when they are missing, and only then', async () => {
  const clone = newClone();
  const first = bootstrap(clone, ['-p', '"it runs"']);
  expect(await first.ended).toBe(0);
  expect(first.stdout()).toMatch(/^Installing dependencies … 0 s\n(.*\n)*it runs\n$/);
  expect(installs(clone)).toBe(1);

  const second = bootstrap(clone, ['-p', '"it runs"']);
  expect(await second.ended).toBe(0);
  expect(second.stdout()).toBe('it runs\n');
  expect(installs(clone)).toBe(1);
});

test.each<[string, (clone: string) => void]>([
  ['of another version than package-lock.json says', (clone) => lockPackages(clone, { a: { version: '2.0.0' } })],
  [
    'fewer than package-lock.json says',
    (clone) => lockPackages(clone, { a: { version: '1.0.0' }, b: { version: '1.0.0' } }),
  ],
  ['half installed', (clone) => rmSync(join(clone, 'node_modules', '.package-lock.json'))],
])('dependencies that are %s are installed anew', async (_what, spoil) => {
  const clone = newClone();
  await bootstrap(clone, ['-e', '']).ended;
  spoil(clone);
  await bootstrap(clone, ['-e', '']).ended;
  expect(installs(clone)).toBe(2);
});

test('a package for another system is not missed', async () => {
  const clone = newClone();
  await bootstrap(clone, ['-e', '']).ended;
  lockPackages(clone, { a: { version: '1.0.0' }, other: { version: '1.0.0', optional: true } });
  await bootstrap(clone, ['-e', '']).ended;
  expect(installs(clone)).toBe(1);
});

test('two at once install once', async () => {
  const clone = newClone();
  const codes = await Promise.all([bootstrap(clone, ['-e', '']).ended, bootstrap(clone, ['-e', '']).ended]);
  expect(codes).toEqual([0, 0]);
  expect(installs(clone)).toBe(1);
});

test('a failing installation shows what npm said, and the next start tries again', async () => {
  const clone = newClone();
  const failing = bootstrap(clone, ['-e', ''], { FAKE_NPM_FAILS: '1' });
  expect(await failing.ended).toBe(1);
  expect(failing.stderr()).toBe('npm error network\nnpm install failed.\n');
  expect(await bootstrap(clone, ['-e', '']).ended).toBe(0);
});

test('the exit code is handed on', async () => {
  const clone = newClone();
  expect(await bootstrap(clone, ['-e', 'process.exit(7)']).ended).toBe(7);
});

test('the program is stopped when whoever started the bootstrap is killed', async () => {
  const { parent, pids } = await startFamily();
  parent.child.kill('SIGKILL');
  await eventually(() => !isRunning(pids.program) && !isRunning(pids.bootstrap), 'the end of both');
});

test('the program learns that the bootstrap is killed', async () => {
  const { pids } = await startFamily();
  process.kill(pids.bootstrap, 'SIGKILL');
  await eventually(() => !isRunning(pids.program), 'the end of the program');
});

/** The bootstrap with its program, below a process that stands for npm. */
async function startFamily() {
  const clone = newClone();
  await bootstrap(clone, ['-e', '']).ended;
  const program = `process.on('disconnect', () => process.exit()); setInterval(() => {}, 1_000);
    require('fs').writeFileSync('pids', JSON.stringify({ program: process.pid, bootstrap: process.ppid }));`;
  const parent = runModule(
    `const { spawn } = await import('node:child_process');
     spawn(process.execPath, JSON.parse(process.env.ARGS), { stdio: 'ignore' });`,
    { ARGS: JSON.stringify([join(clone, 'embedded/bootstrap.mjs'), '-e', program]) },
  );
  const file = join(clone, 'pids');
  const text = await eventually(() => (existsSync(file) ? readFileSync(file, 'utf8') : ''), 'the program');
  return { parent, pids: JSON.parse(text) as { program: number; bootstrap: number } };
}

function bootstrap(clone: string, args: string[], env: NodeJS.ProcessEnv = {}): Program {
  const fakeNpm = { npm_execpath: join(clone, 'npm-cli.js'), ...env };
  return runNode([join(clone, 'embedded/bootstrap.mjs'), ...args], { env: fakeNpm, cwd: '/' });
}

/** A clone with nothing but the bootstrap, a lock file, and an npm that only pretends. */
function newClone(): string {
  const clone = newFolder();
  mkdirSync(join(clone, 'embedded'));
  const embedded = join(PROJECT_ROOT, 'embedded');
  for (const file of readdirSync(embedded).filter((name) => name.endsWith('.mjs')))
    copyFileSync(join(embedded, file), join(clone, 'embedded', file));
  lockPackages(clone, { a: { version: '1.0.0' } });
  writeFileSync(join(clone, 'package.json'), '{}');
  writeFileSync(join(clone, 'npm-cli.js'), FAKE_NPM);
  return clone;
}

const FAKE_NPM = `
const fs = require('fs');
fs.appendFileSync('installs', process.argv.slice(2).join(' ') + '\\n');
if (process.env.FAKE_NPM_FAILS) { console.error('npm error network'); process.exit(1); }
fs.rmSync('node_modules', { recursive: true, force: true });
fs.mkdirSync('node_modules/.bin', { recursive: true });
fs.symlinkSync(process.execPath, 'node_modules/.bin/node');
fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

function lockPackages(clone: string, packages: Record<string, object>): void {
  const entries = Object.entries(packages).map(([name, entry]) => [`node_modules/${name}`, entry]);
  writeFileSync(
    join(clone, 'package-lock.json'),
    JSON.stringify({ packages: Object.fromEntries([['', {}], ...entries]) }),
  );
}

function installs(clone: string): number {
  return readFileSync(join(clone, 'installs'), 'utf8').trim().split('\n').length;
}
