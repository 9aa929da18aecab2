/**
 * A mail server that takes everything and keeps nothing: enough of SMTP (RFC 5321) for a client that sends well-formed
 * commands one at a time. It puts off who begins with `later`, once. Whoever connects to its second port is told of each e-mail in a line of JSON.
 */
import { createServer, type Socket } from 'node:net';
import { answerAsks } from './answer-asks.ts';
import { type Arrival, now } from './arrival.ts';

const END_OF_MESSAGE = '\r\n.\r\n';
const LINK = /\/confirm\/([\w.~-]+)/;
const PUT_OFF = /^later/;
const listeners = new Set<Socket>();
const putOff = new Set<string>();

const smtp = createServer((socket) => {
  socket
    .setNoDelay(true)
    .setEncoding('latin1')
    .on('error', () => {});
  let buffered = '';
  let to = '';
  let inMessage = false;
  socket.write('220 sink\r\n');
  socket.on('data', (chunk: string) => {
    buffered += chunk;
    for (;;) {
      const end = inMessage ? buffered.indexOf(END_OF_MESSAGE) : buffered.indexOf('\r\n');
      if (end < 0) return;
      const taken = buffered.slice(0, end);
      buffered = buffered.slice(end + (inMessage ? END_OF_MESSAGE.length : 2));
      if (inMessage) {
        inMessage = false;
        tell(to, taken);
        socket.write('250 OK\r\n');
      } else command(socket, taken);
    }
  });

  function command(from: Socket, line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'RCPT') to = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'QUIT') from.end('221 Bye\r\n');
    else if (verb === 'RCPT' && PUT_OFF.test(to) && !putOff.has(to)) {
      putOff.add(to);
      from.write('451 Try again later\r\n');
    } else if (verb === 'DATA') {
      inMessage = true;
      from.write('354 Go on\r\n');
    } else from.write('250 OK\r\n');
  }
});

function tell(to: string, message: string): void {
  const plain = message.replaceAll('=\r\n', '').replaceAll('=3D', '=');
  const arrival: Arrival = { to, token: LINK.exec(plain)?.[1] ?? '', at: now() };
  for (const listener of listeners) listener.write(`${JSON.stringify(arrival)}\n`);
}

const arrivals = createServer((socket) => {
  listeners.add(socket.setNoDelay(true).on('error', () => {}));
  socket.on('close', () => listeners.delete(socket));
});

smtp.listen(Number(process.env.SINK_SMTP_PORT), '127.0.0.1', () =>
  arrivals.listen(Number(process.env.SINK_ARRIVALS_PORT), '127.0.0.1', () => answerAsks(async () => undefined)),
);
