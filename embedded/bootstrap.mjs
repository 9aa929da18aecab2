// `node embedded/bootstrap.mjs <arguments of node…>`: installs the dependencies where they are missing, then runs the
// project's own Node with these arguments, in the project's folder. No dependencies and no new syntax: it must at least be
// able to say that the machine's Node is too old.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
/** The oldest Node that can stand in for the project's own, where npm may not run install scripts. */
const TYPESCRIPT_NODE = [24, 0];

const root = fileURLToPath(new URL('..', import.meta.url));
try {
  if (!nodeIsAtLeast(OLDEST_NODE))
    throw new Error(`This needs Node ${OLDEST_NODE.join('.')} or newer; here is ${process.version}.`);
  const { ensureInstalled } = await import('./install.mjs');
  const { runToEnd } = await import('./run-to-end.mjs');
  await ensureInstalled(root);
  process.exit(await runToEnd(projectNode(), process.argv.slice(2), root));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

function projectNode() {
  const own = `${root}node_modules/.bin/node`;
  if (existsSync(own)) return own;
  if (nodeIsAtLeast(TYPESCRIPT_NODE)) return process.execPath;
  throw new Error(
    'npm did not install the Node this project runs on, as its install scripts are switched off: run ' +
      '"npm rebuild --ignore-scripts=false", or use Node 24.',
  );
}

function nodeIsAtLeast([major, minor]) {
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
