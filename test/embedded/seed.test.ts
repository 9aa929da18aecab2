import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seedDemoPortal } from '../../embedded/seed.ts';

/** As much of the API as the seed uses; everything it was asked to create is in `created`. */
const created: string[] = [];
const keys = new Set<string>(['admin']);
let broken = false;
let portalExists = false;
/** How often it was asked for operators before there was one. */
let asked = 0;
let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const call = `${request.method} ${request.url}`;
    const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const answer = (status: number, body: object = {}) => response.writeHead(status).end(JSON.stringify(body));
    if (broken) return answer(500);
    if (!keys.has(key)) return answer(401);
    if (call === 'GET /v1/portals/demo') return answer(portalExists ? 200 : 404);
    if (call === 'GET /v1/portals/demo/operators') return answer(200, { data: asked++ === 0 ? [] : [{}] });
    created.push(call);
    if (call === 'POST /v1/portals') {
      portalExists = true;
      return answer(201);
    }
    keys.add(`demo-${created.length}`);
    return answer(201, { key: `demo-${created.length}` });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('the demo portal and its key are made once, its operator is waited for, and a key that no longer works is replaced', async () => {
  const first = await seed();
  const calls = ['POST /v1/portals', 'POST /v1/portals/demo/api-keys'];
  expect(created).toEqual(calls);
  expect(asked).toBe(2);
  expect(await seed(first)).toBe(first);
  expect(created).toHaveLength(2);

  keys.delete(first);
  expect(await seed(first)).not.toBe(first);
  expect(created).toEqual([...calls, 'POST /v1/portals/demo/api-keys']);
});

test('an API that refuses is one line that says what it answered', async () => {
  broken = true;
  await expect(seed()).rejects.toThrow('The demo portal could not be set up: /v1/portals/demo answered 500.');
});

function seed(demoApiKey?: string): Promise<string> {
  return seedDemoPortal({
    origin,
    adminApiKey: 'admin',
    demoApiKey,
    signal: new AbortController().signal,
  });
}
