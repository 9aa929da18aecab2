import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { storeProblem } from '../../commands/requests/add-attachments.ts';
import { Attachment, type PortalRequest } from '../../db/entities/index.ts';
import { Id } from '../../schemas/text.ts';
import type { Language } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';

/** Whatever a file turns out to be, no page of ours runs it. */
const FILE_POLICY = "default-src 'none'; sandbox";

/**
 * Answers with the attachment of a request that an address names, to be saved and never to be shown in place (RFC 6266),
 * whatever the browser thinks of it. Who may have the request is for the caller to know. A reader who goes away ends it.
 *
 * @throws Refusal `not_found` where the request has no such attachment
 * @throws Refusal `unavailable` where what keeps it does not answer
 */
export async function sendAttachment(
  response: Response,
  { database, attachments, logger }: Services,
  request: Pick<PortalRequest, 'id'>,
  attachmentId: unknown,
): Promise<void> {
  const named = Id.safeParse(attachmentId).data;
  const attachment =
    named === undefined ? null : await database.em.fork().findOne(Attachment, { id: named, request: request.id });
  if (attachment === null) throw new Refusal('not_found');
  const content = await attachments.read(attachment).catch(storeProblem(logger));
  const { fileName, mediaType, size } = attachment;
  response.attachment(fileName).set({
    'Content-Type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'Content-Length': String(size),
    'Cache-Control': 'private, no-store',
    'Content-Security-Policy': FILE_POLICY,
    'X-Content-Type-Options': 'nosniff',
  });
  await pipeline(content, response).catch(() => {
    content.destroy(); // whoever is gone before the first byte is sent would leave it open
    response.destroy();
  });
}

const KILOBYTE = 1_000;
const MEGABYTE = 1_000_000;

/** A file's size as pages say it: `3 kB`, `1.2 MB`; nothing is less than 1 kB. */
export function fileSize(bytes: number, language: Language): string {
  const [unit, size] = bytes < MEGABYTE ? ['kilobyte', Math.ceil(bytes / KILOBYTE)] : ['megabyte', bytes / MEGABYTE];
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
}
