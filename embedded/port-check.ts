import { setTimeout as sleep } from 'node:timers/promises';
import { isPortBusy } from './ports.ts';
import { neededPorts, type PortName, type Settings } from './settings.ts';

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
