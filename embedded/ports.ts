import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';
/** `localhost` may mean this one too: whoever listens here would get the requests meant for us. */
const LOOPBACK_6 = '::1';

/** A port of the loopback interface that nothing listens on at the moment. Another process may still take it first. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0, LOOPBACK);
  if (typeof port === 'string') throw new Error(`the system has no free port on the loopback interface (${port})`);
  return port;
}

/** Whether this port cannot be listened on: another has it, or we may not. Leaves nothing behind; safe to repeat. */
export async function isPortBusy(port: number): Promise<boolean> {
  if (typeof (await listenOnce(port, LOOPBACK)) === 'string') return true;
  return (await listenOnce(port, LOOPBACK_6)) === 'EADDRINUSE'; // any other code: no IPv6 here
}

/** Listens for a moment. Resolves to the port it got, or to the code of the refusal. */
function listenOnce(port: number, host: string): Promise<number | string> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
