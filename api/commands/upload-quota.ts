import type { EntityManager } from '../../db/database.ts';
import { Problem } from '../problem.ts';

/** What one portal user may send. */
export interface UploadQuota {
  /** Bytes of files within 24 hours. */
  bytesADay: number;
  /** Requests and replies within an hour. */
  formsAnHour: number;
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
 * @throws Problem `too_many_uploads`, its reason `upload_quota` or `form_rate`
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
    throw new Problem('too_many_uploads', { detail, reason: 'form_rate', retryAfter: HOUR_SECONDS });
  }
  if (bytes > 0 && Number(sent!.bytes) + bytes > bytesADay) {
    const detail = `Files of ${bytesADay / 1_000_000} MB at most can be sent within 24 hours. Try again tomorrow.`;
    throw new Problem('too_many_uploads', { detail, reason: 'upload_quota', retryAfter: 24 * HOUR_SECONDS });
  }
}
