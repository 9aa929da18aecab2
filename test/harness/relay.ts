import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP relay that passes everything on, the server's answers as late as it is told to. */
export interface Relay {
  address: string;
  delayMs: number;
  close(): Promise<void>;
}

/** @param target `host:port` */
export async function startRelay(target: string): Promise<Relay> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => {});
    }
    client.on('data', (data) => upstream.write(data)).on('close', () => upstream.destroy());
    upstream
      .on('data', (data) => setTimeout(() => client.write(data), relay.delayMs))
      .on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const relay: Relay = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return relay;
}
