import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
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

/** How a browser on this machine calls it. Another name that leads here belongs to a web site (DNS rebinding). */
const OWN_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
const REFUSAL = 'This address is not open under that name: use localhost.\n';
/** RFC 9110, section 15.5.20: Misdirected Request. */
const MISDIRECTED = 421;

/**
 * Lets a server answer only requests that name this machine in `Host`, on any port, as one may be forwarded. Otherwise a web
 * site whose name is made to lead to this machine could read and do everything: browsers take it for the same origin.
 */
export function answerOwnHostOnly(server: Server): void {
  const emit = server.emit.bind(server);
  server.emit = (event: string, ...values: unknown[]) => {
    const [request, answer] = values as [IncomingMessage, ServerResponse | Socket];
    if ((event !== 'request' && event !== 'upgrade') || OWN_HOST.test(request.headers.host ?? ''))
      return emit(event, ...values);
    if (event === 'request')
      (answer as ServerResponse).writeHead(MISDIRECTED, { 'content-type': 'text/plain' }).end(REFUSAL);
    else (answer as Socket).end(`HTTP/1.1 ${MISDIRECTED} Misdirected Request\r\nConnection: close\r\n\r\n`);
    return true;
  };
}
