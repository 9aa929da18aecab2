import { createServer } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../embedded/ports.ts';
import { freeSettings, PROJECT_ROOT, runNode } from '../harness/embedded-processes.ts';

test('a busy port is one line that names it and its variable, and exit code 1', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  const program = runNode([join(PROJECT_ROOT, 'embedded/start.ts')], {
    env: await freeSettings({ POSTGRES_PORT: String(port) }),
  });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toBe(`Port ${port} (POSTGRES_PORT) is already in use: set POSTGRES_PORT to a free port.\n`);
  expect(program.stdout()).toBe('');
  server.close();
});

test('a wrong setting is one line that names it, and exit code 1', async () => {
  const program = runNode([join(PROJECT_ROOT, 'embedded/start.ts')], {
    env: await freeSettings({ SMTP_PORT: '99999' }),
  });
  expect(await program.ended).toBe(1);
  expect(program.stderr()).toBe('SMTP_PORT must be a port number from 1 to 65535, not "99999".\n');
});
