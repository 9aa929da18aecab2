import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AttachmentStore } from '../../../db/attachments/attachment-store.ts';
import { attachmentsInS3 } from '../../../db/attachments/in-s3.ts';
import { openAttachmentStore } from '../../../db/attachments/open-attachment-store.ts';
import { UnownedObject } from '../../../db/entities/index.ts';
import { eventually } from '../../harness/eventually.ts';
import { type S3Server, startS3Server } from '../../harness/s3-server.ts';
import { createTestDatabase, type TestDatabase } from '../../harness/test-database.ts';

/** What a busy machine keeps to. */
const LIMITS_MS = { put: 2_000, answer: 2_000 };
/** For who will wait in vain. */
const SHORT_LIMITS_MS = { put: 300, answer: 300 };

let db: TestDatabase;
let s3: S3Server;
beforeAll(async () => {
  [db, s3] = await Promise.all([createTestDatabase(), startS3Server()]);
});
afterAll(() => Promise.all([db.drop(), s3.close()]));

/** A store on a server that answers as the test wants. */
async function storeOn(
  answer: RequestListener,
  limits = LIMITS_MS,
): Promise<AsyncDisposable & { store: AttachmentStore }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    store: await attachmentsInS3(db.database, { bucket: 'bucket', endpoint }, limits),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('what was put is read as it was, until it is erased, twice in a row as well', async () => {
  const store = await openAttachmentStore(db.database, s3.settings);
  const attachment = { id: randomUUID(), keptIn: 's3' as const };
  const content = Buffer.alloc(3_000_000, 'a\0ü');
  expect(await store.put(attachment.id, content)).toMatchObject({ keptIn: 's3' });
  expect((await buffer(await store.read(attachment))).equals(content)).toBe(true);
  await store.erase(attachment.id);
  await store.erase(attachment.id);
  await expect(store.read(attachment)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a storage that takes a call and never answers is given up, and no transaction waits for it', async () => {
  await using silent = await storeOn(() => {}, SHORT_LIMITS_MS);
  const attachment = { id: randomUUID(), keptIn: 's3' as const };
  const putting = expect(silent.store.put(attachment.id, Buffer.from('hello'))).rejects.toMatchObject({
    name: 'AttachmentStoreDown',
    code: 'AbortError',
  });
  const em = db.database.em.fork();
  await eventually(() => em.count(UnownedObject, { id: attachment.id }), 'the row of what is being put');
  const open = `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
  expect(await em.execute(open)).toEqual([]);
  await putting;
  await expect(silent.store.read(attachment)).rejects.toThrow('AbortError');
  await expect(silent.store.erase(attachment.id)).rejects.toThrow('AbortError');
});

test('a storage that refuses is named by its own word, a wrong setting as well as an overload', async () => {
  let [status, code] = [403, 'AccessDenied'];
  await using refusing = await storeOn((_request, response) => {
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>No ${randomUUID()}</Message></Error>`);
  });
  await expect(refusing.store.put(randomUUID(), Buffer.from('x'))).rejects.toMatchObject({ code: 'AccessDenied' });
  [status, code] = [503, 'SlowDown'];
  await expect(refusing.store.erase(randomUUID())).rejects.toThrow(/SlowDown|AbortError/);
  [status, code] = [404, 'NoSuchBucket'];
  await expect(refusing.store.read({ id: randomUUID(), keptIn: 's3' })).rejects.toMatchObject({ code: 'NoSuchBucket' });
});

test('an answer takes as long as its reader, and a reader who goes away ends it', async () => {
  let ended = 0;
  let sent = 0;
  await using endless = await storeOn((_request, response) => {
    response.on('close', () => {
      ended += 1;
    });
    const bytes = function* () {
      for (;;) {
        sent += 1;
        yield Buffer.alloc(100_000);
      }
    };
    Readable.from(bytes()).pipe(response);
  });
  const body = await endless.store.read({ id: randomUUID(), keptIn: 's3' });
  const begun = Date.now();
  await eventually(() => Date.now() > begun + LIMITS_MS.answer * 2, 'the limit to pass');
  const before = sent;
  expect(before).toBeLessThan(200); // some buffers, and no more than that
  for await (const part of body) {
    expect(part.length).toBeGreaterThan(0);
    if (sent > before) break;
  }
  await eventually(() => ended === 1, 'the end of the reading');
});

test('an answer that is cut off fails rather than seeming whole', async () => {
  await using breaking = await storeOn((_request, response) => {
    response.writeHead(200, { 'content-length': 1000 });
    response.write('hello', () => response.destroy());
  });
  const body = await breaking.store.read({ id: randomUUID(), keptIn: 's3' });
  await expect(buffer(body)).rejects.toThrow();
});

test('a bucket without a region is refused at the start', async () => {
  const region = process.env.AWS_REGION;
  for (const wrong of [undefined, 'not a region']) {
    if (wrong === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = wrong;
    await expect(openAttachmentStore(db.database, s3.settings)).rejects.toThrow(/^Configuration .*\n {2}AWS_REGION: /);
  }
  process.env.AWS_REGION = region;
});
