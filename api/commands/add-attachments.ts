import { v7 as uuid } from 'uuid';
import { Attachment, type Reply, type Request } from '../../db/entities/index.ts';
import type { NewAttachment } from '../attachments/accept-attachments.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** A file whose bytes are written down already, under the id that its row will have. */
export interface WrittenFile extends NewAttachment {
  id: string;
}

/**
 * Writes files down in the transaction that will add what they come with. The first thing in it: it takes long, and locks that
 * others wait for come after it. {@link addAttachments} adds the rows.
 */
export async function writeFiles(
  { em }: UnitOfWork,
  { attachments }: Services,
  files: NewAttachment[],
): Promise<WrittenFile[]> {
  const written = files.map((file) => ({ ...file, id: uuid() }));
  for (const { id, content } of written) await attachments.put(em, id, content);
  return written;
}

/** Keeps written files with a request, or with one of its replies, in the same transaction: all of them or none. */
export async function addAttachments(
  { em }: UnitOfWork,
  { request, reply = null }: { request: Pick<Request, 'id'>; reply?: Reply | null },
  files: WrittenFile[],
): Promise<void> {
  for (const { id, fileName, mediaType, content } of files) {
    em.create(Attachment, { id, request: request.id, reply, fileName, mediaType, size: content.length });
  }
  await em.flush();
}
