import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
