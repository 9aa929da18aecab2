import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findTemporalBinary } from '../../embedded/temporal-binary.ts';
import { newFolder } from '../harness/embedded-processes.ts';

const silent = () => {};

test('TEMPORAL_CLI_PATH comes first, then PATH, then the cache folder', async () => {
  const folder = newFolder();
  const named = executable(join(folder, 'named', 'my-temporal'));
  const onPath = executable(join(folder, 'bin', 'temporal'));
  const cached = executable(join(folder, 'cache', 'portal-invitations', 'temporal-1.5.1'));
  const empty = join(folder, 'empty');
  const env = { TEMPORAL_CLI_PATH: named, PATH: `${empty}:${dirname(onPath)}`, XDG_CACHE_HOME: join(folder, 'cache') };

  expect(await findTemporalBinary(silent, { env })).toBe(named);
  expect(await findTemporalBinary(silent, { env: { ...env, TEMPORAL_CLI_PATH: '' } })).toBe(onPath);
  expect(await findTemporalBinary(silent, { env: { ...env, TEMPORAL_CLI_PATH: '', PATH: empty } })).toBe(cached);
});

test('TEMPORAL_CLI_PATH that names no executable is a clear error, not a reason to look elsewhere', async () => {
  const folder = newFolder();
  const onPath = executable(join(folder, 'temporal'));
  const missing = join(folder, 'missing');
  await expect(
    findTemporalBinary(silent, { env: { TEMPORAL_CLI_PATH: missing, PATH: dirname(onPath) } }),
  ).rejects.toThrow(`TEMPORAL_CLI_PATH names ${missing}, which is not an executable file.`);
});

/** Offline, so that the SDK's own download fails at once: a proxy that nobody runs. */
const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', NODE_OPTIONS: '' };

test('where the download cannot be reached Go builds it, and what an interrupted build left is not taken for it', async () => {
  const folder = newFolder();
  const cache = join(folder, 'cache', 'portal-invitations');
  mkdirSync(join(cache, 'installing-1', 'bin'), { recursive: true });
  writeFileSync(join(cache, 'installing-1', 'bin', 'temporal'), 'half');
  executable(join(folder, 'bin', 'go'), 'echo "$@" > "$GOBIN/temporal" && chmod +x "$GOBIN/temporal"');
  const env = { ...offline, PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(folder, 'cache') };
  const steps: string[] = [];

  const found = await findTemporalBinary((step) => steps.push(step), { env });
  expect(found).toBe(join(cache, 'temporal-1.5.1'));
  expect(steps).toEqual([
    'Downloading the Temporal dev server',
    'Building the Temporal dev server with Go, once (about 3 minutes)',
  ]);
  expect(await findTemporalBinary(() => fail('is found in the cache'), { env })).toBe(found);
});

test('when nothing works the error says how to get it', async () => {
  const env = { ...offline, PATH: '/nowhere', XDG_CACHE_HOME: newFolder() };
  await expect(findTemporalBinary(silent, { env })).rejects.toThrow(
    /not installed \(the download failed; there is no Go to build it with\): install the Temporal CLI .* TEMPORAL_CLI_PATH/,
  );
});

function executable(path: string, script = ''): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
