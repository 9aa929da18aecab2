import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { claimInstall } from './install-claim.mjs';
import { onStopRequest } from './on-stop-request.mjs';
import { startStep } from './progress.mjs';

/** npm gives the reason first, a failing install script last: enough of both. */
const SHOWN_LINES = 15;

/**
 * Makes node_modules what package-lock.json says when it is missing, out of date, or was cut short. Safe to repeat, and to
 * run twice at once. Throws with what npm said when it fails.
 *
 * @param {string} root the project's folder
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  const step = startStep('Installing dependencies');
  const release = await claimInstall(root, step.now);
  try {
    if (!isInstalled(root)) await install(root);
    step.done();
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    release();
  }
}

/**
 * Whether every package that package-lock.json requires here is in the list npm keeps of what it installed. npm writes that
 * list last, so an installation cut short has none.
 */
function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new Error(`There is no package-lock.json in ${root}.`);
  if (!installed) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional, dev }]) => {
    if (path === '') return true;
    const found = installed[path];
    if (!found) return Boolean(optional || devOptional || (dev && isProduction()));
    return found.version === version && found.integrity === integrity;
  });
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined;
}

function isProduction() {
  return process.env.NODE_ENV === 'production';
}

/**
 * `npm install --no-save` follows package-lock.json and leaves it alone, as `npm ci` does; but it bears with a lock written
 * where the registry had not every system's optional packages. What was cut short is begun anew, as files may be missing.
 */
function install(root) {
  const modules = join(root, 'node_modules');
  const list = join(modules, '.package-lock.json');
  rmSync(existsSync(list) ? list : modules, { recursive: true, force: true });
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', isProduction() ? '--omit=dev' : '--include=dev'];
  const [command, ...args] = [...npm(), 'install', '--no-save', ...quiet];
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', BOUND_TO_US, 'npm', command, ...args], { cwd: root, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    let stopped = false;
    const unwatch = onStopRequest(() => {
      stopped = true;
      killGroup(child.pid);
    });
    child.once('exit', () => killGroup(child.pid));
    child.once('close', (code) => {
      unwatch();
      if (stopped) reject(new Error('Stopped while installing; the next start installs again.'));
      else if (code === 0) resolve();
      else reject(new Error(`${excerpt(output)}\nnpm install failed.`));
    });
  });
}

/**
 * Runs a command in a process group that is killed as soon as the pipe to us closes, however we end. npm when asked to stop
 * goes on for long, and a second one must not meet it.
 */
const BOUND_TO_US = `
exec 3<&0 </dev/null
(read -r _ <&3; kill -s KILL 0) >/dev/null 2>&1 &
exec "$@" 3<&-
`;

function killGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // nobody is left of it
  }
}

function excerpt(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * SHOWN_LINES) return lines.join('\n');
  return [...lines.slice(0, SHOWN_LINES), '…', ...lines.slice(-SHOWN_LINES)].join('\n');
}

/** The npm that runs us, else the one on PATH. */
function npm() {
  const runningUs = process.env.npm_execpath;
  return runningUs && basename(runningUs) === 'npm-cli.js' ? [process.execPath, runningUs] : ['npm'];
}
