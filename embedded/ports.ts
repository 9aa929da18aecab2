import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { neededPorts, type PortName, type Settings } from './settings.ts';

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

const POLL_MS = 200;

/**
 * Makes sure that every port this start needs is free and used once, waiting `patienceMs` for those in use. Throws one line
 * that names the ports and their variables.
 */
export async function requireFreePorts(settings: Settings, patienceMs: number): Promise<void> {
  const names = neededPorts(settings);
  for (const [index, name] of names.entries()) {
    const twin = names.slice(0, index).find((other) => settings.ports[other] === settings.ports[name]);
    if (twin) throw new Error(`${twin} and ${name} are both ${settings.ports[name]}: give each a port of its own.`);
  }
  for (const deadline = Date.now() + patienceMs; ; await sleep(POLL_MS)) {
    const busy = await busyPorts(settings, names);
    if (busy.length === 0) return;
    if (Date.now() >= deadline) throw new Error(inUse(settings, busy));
  }
}

async function busyPorts({ ports }: Settings, names: PortName[]): Promise<PortName[]> {
  const states = await Promise.all(names.map((name) => isPortBusy(ports[name])));
  return names.filter((_name, index) => states[index]);
}

function inUse({ ports }: Settings, busy: PortName[]): string {
  const list = busy.map((name) => `${ports[name]} (${name})`).join(', ');
  return busy.length === 1
    ? `Port ${list} is already in use: set ${busy[0]} to a free port.`
    : `Ports ${list} are already in use: set ${busy.join(', ')} to free ports.`;
}
