import type { S3Settings } from '../../configuration/environment.ts';
import type { Database } from '../database.ts';
import { type AttachmentStore, AttachmentStoreDown } from './attachment-store.ts';
import { attachmentsInPostgres } from './in-postgres.ts';

/** Once a bucket was used, its attachments wait for the setting to come back, and what is to be erased does, too. */
const noBucket: AttachmentStore = { put: refuse, read: refuse, erase: refuse };

/**
 * Keeps new attachments in the bucket of the settings, or in Postgres where there is none, and reads each from where its row
 * says it is kept.
 *
 * @throws Error where a bucket is set and no region
 */
export async function openAttachmentStore(database: Database, settings: S3Settings = {}): Promise<AttachmentStore> {
  const { ATTACHMENTS_S3_BUCKET: bucket, ATTACHMENTS_S3_ENDPOINT: endpoint } = settings;
  const postgres = attachmentsInPostgres(database);
  const s3 = bucket === undefined ? noBucket : await openBucket(database, { bucket, endpoint });
  return {
    put: bucket === undefined ? postgres.put : s3.put,
    read: (attachment) => (attachment.keptIn === 's3' ? s3 : postgres).read(attachment),
    erase: s3.erase,
  };
}

/** The SDK is loaded where it is needed only, as that takes a quarter of a second. */
async function openBucket(database: Database, location: { bucket: string; endpoint: string | undefined }) {
  const { attachmentsInS3 } = await import('./in-s3.ts');
  return attachmentsInS3(database, location);
}

async function refuse(): Promise<never> {
  throw new AttachmentStoreDown('ATTACHMENTS_S3_BUCKET is not set');
}
