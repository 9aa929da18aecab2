import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * What a relay does with its connections. `refuse`: ends them and listens no more. `hang`: keeps them, but passes nothing on.
 * `cut`: resets each one after a random time, so that replies are lost at any point.
 */
export type RelayMode = 'pass' | 'refuse' | 'hang' | 'cut';

/** A TCP relay to one server, which can be made to fail as a network does. */
export interface Relay {
  address: string;
  /** Milliseconds that the server's replies are held back. */
  delayMs: number;
  /** Longest life of a connection in the mode `cut`, in milliseconds. */
  cutWithinMs: number;
  set(mode: RelayMode): Promise<void>;
  /** Resets all connections that are open now. */
  cut(): void;
  close(): Promise<void>;
}

/** @param target `host:port` @param port where it listens; 0 takes any */
export async function startRelay(target: string, port = 0): Promise<Relay> {
  const [host, targetPort] = target.split(':');
  const sockets = new Set<Socket>();
  /** Connections accepted while hanging: they reach the server when the relay passes on again. */
  const held = new Set<Socket>();
  let mode: RelayMode = 'pass';

  const server = createServer((client) => {
    track(client);
    if (mode === 'hang') held.add(client.pause());
    else join(client);
  });

  function track(socket: Socket): void {
    sockets.add(socket.setNoDelay());
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  function join(client: Socket): void {
    if (client.destroyed) return;
    const upstream = connect(Number(targetPort), host);
    track(upstream);
    client.on('data', (data) => upstream.write(data)).on('close', () => upstream.destroy());
    upstream
      .on('data', (data) => setTimeout(() => client.write(data), relay.delayMs))
      .on('close', () => client.destroy());
    client.resume();
    if (mode === 'cut') cutSoon(client);
  }

  function cutSoon(client: Socket): void {
    setTimeout(() => client.destroy(), Math.random() * relay.cutWithinMs);
  }

  function listen(at: number): Promise<unknown> {
    const listening = once(server, 'listening');
    server.listen(at, '127.0.0.1');
    return listening;
  }

  await listen(port);
  const { port: ownPort } = server.address() as AddressInfo;
  const relay: Relay = {
    address: `127.0.0.1:${ownPort}`,
    delayMs: 0,
    cutWithinMs: 300,
    async set(next) {
      const before = mode;
      mode = next;
      if (next === 'refuse') server.close();
      else if (before === 'refuse') await listen(ownPort);
      if (next === 'refuse') relay.cut();
      if (next === 'cut') for (const socket of sockets) cutSoon(socket);
      if (next === 'hang') for (const socket of sockets) socket.pause();
      if (before !== 'hang') return;
      for (const socket of sockets) if (!held.has(socket)) socket.resume();
      for (const client of held) join(client);
      held.clear();
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      server.close();
      relay.cut();
    },
  };
  return relay;
}
