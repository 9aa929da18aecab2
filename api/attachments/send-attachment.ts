import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Attachment } from '../../db/entities/index.ts';
import type { Services } from '../services.ts';

/** Whatever a file turns out to be, no page of ours runs it. */
const FILE_POLICY = "default-src 'none'; sandbox";

/**
 * Answers with an attachment, to be saved and never to be shown in place (RFC 6266), whatever the browser thinks of it. Who
 * may have it is for the caller to know. A reader who goes away ends it.
 */
export async function sendAttachment(
  response: Response,
  { database, attachments }: Services,
  { id, fileName, mediaType, size }: Attachment,
): Promise<void> {
  response.attachment(fileName).set({
    'Content-Type': mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType,
    'Content-Length': String(size),
    'Cache-Control': 'private, no-store',
    'Content-Security-Policy': FILE_POLICY,
    'X-Content-Type-Options': 'nosniff',
  });
  await pipeline(attachments.read(database.em.fork(), id), response).catch(() => response.destroy());
}
