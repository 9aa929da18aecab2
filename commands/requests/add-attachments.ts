import type { Logger } from 'pino';
import { v7 as uuid } from 'uuid';
import { AttachmentStoreDown, type PutContent } from '../../db/attachments/attachment-store.ts';
import type { EntityManager } from '../../db/database.ts';
import { Attachment, type PortalRequest, type Reply } from '../../db/entities/index.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { CommandServices, UploadQuota } from '../services.ts';
import type { UnitOfWork } from '../transaction.ts';
import type { NewAttachment } from './check-attachments.ts';

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
 * @throws Refusal `unavailable`
 */
export async function putFiles({ attachments, logger }: CommandServices, files: NewAttachment[]): Promise<PutFile[]> {
  const done: PutFile[] = [];
  for (const file of files) {
    const id = uuid();
    const put = await attachments.put(id, file.content).catch(storeProblem(logger));
    done.push({ id, file, put });
  }
  return done;
}

/** Has a transaction keep the bytes of files, first of all that it does: {@link addAttachments} adds the rows. @throws Refusal `unavailable` */
export async function takeFiles({ em }: UnitOfWork, { logger }: CommandServices, files: PutFile[]): Promise<void> {
  for (const { put } of files) await put.take(em).catch(storeProblem(logger));
}

/** Keeps files with a request, or with one of its replies, in the same transaction: all of them or none. */
export async function addAttachments(
  { em }: UnitOfWork,
  { request, reply = null }: { request: Pick<PortalRequest, 'id'>; reply?: Reply | null },
  files: PutFile[],
): Promise<void> {
  for (const { id, file, put } of files) {
    const { fileName, mediaType, content } = file;
    const { keptIn } = put;
    em.create(Attachment, { id, request: request.id, reply, fileName, mediaType, size: content.length, keptIn });
  }
  await em.flush();
}

export const UPLOAD_QUOTA: UploadQuota = { bytesADay: 200_000_000, formsAnHour: 60 };

const HOUR_SECONDS = 3_600;

/** Until the transaction ends nothing else of this portal user is counted: what is sent at once is counted one after the other. */
export async function lockUploads(em: EntityManager, portalUserId: string): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`uploads/${portalUserId}`]);
}

/**
 * Whether a portal user may send one more form with files of so many bytes. What the help desk adds for them does not count.
 *
 * @throws Refusal `too_many_uploads`, its reason `upload_quota` or `form_rate`
 */
export async function requireQuota(
  em: EntityManager,
  portalUserId: string,
  bytes: number,
  { bytesADay, formsAnHour }: UploadQuota = UPLOAD_QUOTA,
): Promise<void> {
  const [sent] = await em.execute<{ bytes: string; forms: number }[]>(
    `select
       (select coalesce(sum(a.size), 0) from attachments a join requests r on r.id = a.request_id
         where r.portal_user_id = ? and a.created_at > now() - interval '24 hours') as bytes,
       (select count(*)::int from events
         where portal_user_id = ? and type in ('request_added', 'request_replied') and actor = 'portal_user'
           and occurred_at > now() - interval '1 hour') as forms`,
    [portalUserId, portalUserId],
  );
  if (sent!.forms >= formsAnHour) {
    const detail = `${formsAnHour} requests and replies were sent within an hour. Try again in an hour.`;
    throw new Refusal('too_many_uploads', { detail, reason: 'form_rate', retryAfter: HOUR_SECONDS });
  }
  if (bytes > 0 && Number(sent!.bytes) + bytes > bytesADay) {
    const detail = `Files of ${bytesADay / 1_000_000} MB at most can be sent within 24 hours. Try again tomorrow.`;
    throw new Refusal('too_many_uploads', { detail, reason: 'upload_quota', retryAfter: 24 * HOUR_SECONDS });
  }
}

const RETRY_AFTER_SECONDS = 30;

/**
 * For the `catch` of a call of the attachment store. What the storage said is logged, since it may be a wrong setting.
 *
 * @throws Refusal `unavailable` where the store is down; else what was thrown
 */
export function storeProblem(logger: Logger): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AttachmentStoreDown)) throw error;
    logger.warn({ code: error.code }, 'The storage of attachments does not answer, or refuses');
    throw new Refusal('unavailable', {
      detail: 'The storage of attachments does not answer at the moment. Try again in a minute.',
      retryAfter: RETRY_AFTER_SECONDS,
    });
  };
}
