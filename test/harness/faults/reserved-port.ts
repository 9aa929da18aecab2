import { isPortBusy } from '../../../embedded/ports.ts';

/**
 * Below the ports that Linux gives to outgoing connections (`ip_local_port_range`), so that a server that is down for a moment
 * finds its port free again.
 */
const FIRST_PORT = 20_000;
const PORTS_OF_A_WORKER = 1_000;
/**
 * Two runs at a time take different ports: a process that tries to reach a server which its test has stopped would else find that of
 * the other run, with the same passwords.
 */
const PORTS_OF_A_RUN = 100;
const RUNS = PORTS_OF_A_WORKER / PORTS_OF_A_RUN;

const worker = Number(process.env.JEST_WORKER_ID ?? 0);
let next = FIRST_PORT + worker * PORTS_OF_A_WORKER + (process.ppid % RUNS) * PORTS_OF_A_RUN;

/** A port of the loopback interface that no other test file that runs at the same time takes. */
export async function reservedPort(): Promise<number> {
  for (;;) {
    const port = next;
    next += 1;
    if (!(await isPortBusy(port))) return port;
  }
}
