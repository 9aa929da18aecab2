import type { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { raw } from '@mikro-orm/postgresql';
import type { Database, EntityManager } from '../database.ts';
import { UnownedObject } from '../entities/index.ts';
import { type AttachmentStore, AttachmentStoreDown } from './attachment-store.ts';

const CONNECT_LIMIT_MS = 2_000;
/** Nothing is sent or received for this long: the storage is stuck, or a reader takes nothing. */
const IDLE_LIMIT_MS = 30_000;
/** More than readers at a time: the SDK's own limit of 50 would let some who read slowly keep everybody else from writing. */
const MAX_CONNECTIONS = 500;

export interface S3Location {
  bucket: string;
  /** Of a server other than Amazon's; undefined: Amazon's of the region. */
  endpoint?: string | undefined;
}

/** How long a call may take, with all its retries, until the bytes are there, or begin to come, or are gone. */
const LIMITS_MS = { put: 15_000, answer: 5_000 };

/**
 * In a bucket of an S3-compatible storage, under keys that are made of ids only. What is put there belongs to nobody at first,
 * as its row in `unowned_objects` says, and to nobody again when the attachment's row is deleted. Region and credentials are
 * the AWS SDK's own affair.
 *
 * @throws Error where no region is set, or none that is one
 */
export async function attachmentsInS3(
  database: Database,
  { bucket, endpoint }: S3Location,
  limits = LIMITS_MS,
): Promise<AttachmentStore> {
  const client = openClient(endpoint);
  await client.config.region().catch(({ message }: Error) => {
    throw new Error(`Configuration (see README.md):\n  AWS_REGION: ${message}`);
  });
  const at = (attachmentId: string) => ({ Bucket: bucket, Key: `attachments/${attachmentId}` });
  return {
    async put(attachmentId, content) {
      await database.em.fork().insert(UnownedObject, { id: attachmentId, since: raw('now()') });
      const command = new PutObjectCommand({ ...at(attachmentId), Body: content });
      await within(limits.put, (abortSignal) => client.send(command, { abortSignal }));
      return { keptIn: 's3', take: (em) => takeObject(em, attachmentId) };
    },
    async read({ id }) {
      const command = new GetObjectCommand(at(id));
      const { Body } = await within(limits.answer, (abortSignal) => client.send(command, { abortSignal }));
      return Body as Readable; // in Node; in browsers it would be another kind of stream
    },
    async erase(attachmentId) {
      const command = new DeleteObjectCommand(at(attachmentId));
      await within(limits.answer, (abortSignal) => client.send(command, { abortSignal })).catch(unlessGone);
    },
  };
}

function openClient(endpoint: string | undefined): S3Client {
  const agent = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  return new S3Client({
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }), // there, buckets have no host names
    requestChecksumCalculation: 'WHEN_REQUIRED', // some servers refuse the newer checksums; signatures cover the bytes
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_LIMIT_MS,
      socketTimeout: IDLE_LIMIT_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

/** The transaction that adds an attachment's row is the owner of its object from its commit on; what is being erased is lost. */
async function takeObject(em: EntityManager, attachmentId: string): Promise<void> {
  const taken = await em.nativeDelete(UnownedObject, { id: attachmentId, isBeingErased: false });
  if (taken === 0) throw new AttachmentStoreDown('TakenTooLate');
}

/** Ends the call at the limit, but not the body of its answer, which comes as fast as it is read. */
async function within<T>(limitMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    return await call(limit.signal);
  } catch (error) {
    throw error instanceof NoSuchKey ? error : new AttachmentStoreDown(codeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof NoSuchKey)) throw error;
}

/** Node names all its errors `Error`, S3's have names of their own. */
function codeOf(error: unknown): string {
  const { name, code } = error as { name: string; code?: string };
  return code ?? name;
}
