import { v7 as uuid } from 'uuid';
import type { PutContent } from '../../db/attachments/attachment-store.ts';
import { Attachment, type Reply, type Request } from '../../db/entities/index.ts';
import type { NewAttachment } from '../attachments/accept-attachments.ts';
import { storeProblem } from '../attachments/store-problem.ts';
import type { Services } from '../services.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** A file whose bytes were put, under the id that its row will have. */
export interface PutFile {
  id: string;
  file: NewAttachment;
  put: PutContent;
}

/**
 * Brings files to where they will be kept, before the transaction that will add what they come with: no row waits for them.
 * Without {@link takeFiles} they are not kept.
 *
 * @throws Problem `unavailable`
 */
export async function putFiles({ attachments, logger }: Services, files: NewAttachment[]): Promise<PutFile[]> {
  const done: PutFile[] = [];
  for (const file of files) {
    const id = uuid();
    const put = await attachments.put(id, file.content).catch(storeProblem(logger));
    done.push({ id, file, put });
  }
  return done;
}

/** Has a transaction keep the bytes of files, first of all that it does: {@link addAttachments} adds the rows. @throws Problem `unavailable` */
export async function takeFiles({ em }: UnitOfWork, { logger }: Services, files: PutFile[]): Promise<void> {
  for (const { put } of files) await put.take(em).catch(storeProblem(logger));
}

/** Keeps files with a request, or with one of its replies, in the same transaction: all of them or none. */
export async function addAttachments(
  { em }: UnitOfWork,
  { request, reply = null }: { request: Pick<Request, 'id'>; reply?: Reply | null },
  files: PutFile[],
): Promise<void> {
  for (const { id, file, put } of files) {
    const { fileName, mediaType, content } = file;
    const { keptIn } = put;
    em.create(Attachment, { id, request: request.id, reply, fileName, mediaType, size: content.length, keptIn });
  }
  await em.flush();
}
