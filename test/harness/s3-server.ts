import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';

const BUCKET = 'attachments-of-the-tests';
/** The only ones that the server knows. The SDK finds them in the environment, as in production. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_REGION: 'us-east-1' };

/** What the server calls the file that has an object's bytes, after the key. */
const SUFFIX = '._S3rver_object';

/** A real HTTP server that speaks S3 and checks signatures, with one empty bucket. */
export interface S3Server {
  settings: { ATTACHMENTS_S3_BUCKET: string; ATTACHMENTS_S3_ENDPOINT: string };
  /** What is in the bucket. */
  keys(): string[];
  /** Erases an object behind the product's back. */
  lose(key: string): void;
  /** Answers nobody until it is started again, at the same address and with the same objects. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and deletes everything. */
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  Object.assign(process.env, CREDENTIALS);
  const directory = mkdtempSync(join(tmpdir(), 's3-'));
  let port = 0;
  let server: S3rver | undefined;
  const start = async () => {
    const options = { address: '127.0.0.1', silent: true, directory, configureBuckets: [{ name: BUCKET }] };
    server = new S3rver({ ...options, port });
    port = (await server.run()).port;
  };
  const stop = async () => {
    const closed = server?.close();
    server?.httpServer.closeAllConnections();
    server = undefined;
    await closed;
  };
  await start();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = join(directory, BUCKET);
  return {
    settings: { ATTACHMENTS_S3_BUCKET: BUCKET, ATTACHMENTS_S3_ENDPOINT: endpoint },
    keys: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length)),
    lose: (key) => rmSync(join(folder, key + SUFFIX)),
    start,
    stop,
    async close() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
