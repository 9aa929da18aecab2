import { createServer } from 'node:net';
import { freePort, isPortBusy, requireFreePorts } from '../../embedded/ports.ts';
import { readSettings } from '../../embedded/settings.ts';

test('a port is busy exactly while somebody listens on it', async () => {
  const port = await freePort();
  expect(await isPortBusy(port)).toBe(false);
  const server = await listen(port);
  expect(await isPortBusy(port)).toBe(true);
  server.close();
});

test('two of our own ports that are equal are refused', async () => {
  const port = String(await freePort());
  const settings = readSettings({ SMTP_PORT: port, MAILBOX_PORT: port });
  await expect(requireFreePorts(settings, 0)).rejects.toThrow(
    `SMTP_PORT and MAILBOX_PORT are both ${port}: give each a port of its own.`,
  );
});

test('a part that the user replaced needs no port', async () => {
  const port = await freePort();
  const server = await listen(port);
  const own = { DATABASE_URL: 'postgres://x@db/x', TEMPORAL_ADDRESS: 'temporal:7233', SMTP_URL: 'smtp://mail:25' };
  const env = { ...own, POSTGRES_PORT: String(port), TEMPORAL_PORT: String(port), PORT: String(await freePort()) };
  await requireFreePorts(readSettings(env), 0);
  server.close();
});

test('a port that is let go in time is waited for', async () => {
  const port = await freePort();
  const server = await listen(port);
  const own = { DATABASE_URL: 'postgres://x@db/x', TEMPORAL_ADDRESS: 'temporal:7233', SMTP_URL: 'smtp://mail:25' };
  const waiting = requireFreePorts(readSettings({ ...own, PORT: String(port) }), 30_000);
  setImmediate(() => server.close());
  await waiting;
});

function listen(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });
}
