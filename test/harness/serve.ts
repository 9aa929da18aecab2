import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../api/app.ts';
import type { Services } from '../../web/services.ts';

/** One more API process on a stage, configured in its own way: `await using api = await serve({ ...stage.services, … })`. */
export async function serve(services: Services): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(createApp(services)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
