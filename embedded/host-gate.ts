import { once } from 'node:events';
import { createServer } from 'node:http';
import { createProxyServer } from 'httpxy';
import { answerOwnHostOnly } from './own-host.ts';
import { LOOPBACK } from './ports.ts';

/**
 * Opens a port of the loopback interface that hands requests on to another one, if their `Host` is this machine: for a
 * server that does not look at it itself. Throws what the system says where the port is taken.
 *
 * @param target the port to hand on to at the moment
 * @returns what closes it, with its connections
 */
export async function openHostGate(port: number, target: () => number): Promise<() => Promise<void>> {
  const proxy = createProxyServer();
  const server = createServer((request, response) => {
    proxy.web(request, response, { target: `http://${LOOPBACK}:${target()}` }).catch(() => {
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(502, { 'content-type': 'text/plain' })
          .end('The server behind this address does not answer.\n');
    });
  });
  answerOwnHostOnly(server);
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
}
