import { Readable } from 'node:stream';
import pRetry from 'p-retry';
import type { Database, EntityManager } from '../database.ts';
import type { AttachmentStore } from './attachment-store.ts';

/** No statement takes long, and a slow reader holds no more than this in memory. */
const PART_BYTES = 1_000_000;

/** Once a file's first bytes are on their way nobody can be told of a failure any more: the others are asked for again. */
const LATER_PARTS = { retries: 2, minTimeout: 200 };

interface Tables {
  attachment_contents: { attachment_id: string; part: number; content: Buffer };
}

/**
 * In Postgres, beside the rows: one backup has both, and whoever is erased takes their attachments along. The bytes are
 * written by the transaction that takes them.
 */
export function attachmentsInPostgres(database: Database): Pick<AttachmentStore, 'put' | 'read'> {
  return {
    put: async (attachmentId, content) => ({
      keptIn: 'postgres',
      take: (em) => insertParts(em, attachmentId, content),
    }),
    read: async ({ id }) => Readable.from(partsOf(database.em.fork(), id)),
  };
}

/** The bytes are bound to the statement, not written into it, which takes a third of the time. */
async function insertParts(em: EntityManager, attachmentId: string, content: Buffer): Promise<void> {
  for (let part = 0; part * PART_BYTES < content.length; part += 1) {
    const bytes = content.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await em
      .getKysely<Tables>()
      .insertInto('attachment_contents')
      .values({ attachment_id: attachmentId, part, content: bytes })
      .execute();
  }
}

async function* partsOf(em: EntityManager, attachmentId: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const row = await pRetry(() => readPart(em, attachmentId, part), part === 0 ? { retries: 0 } : LATER_PARTS);
    if (row === undefined) return;
    yield row.content;
  }
}

function readPart(em: EntityManager, attachmentId: string, part: number) {
  return em
    .getKysely<Tables>()
    .selectFrom('attachment_contents')
    .select('content')
    .where('attachment_id', '=', attachmentId)
    .where('part', '=', part)
    .executeTakeFirst();
}
