import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { Problem } from '../problem.ts';
import { refuseTraps } from '../read-json.ts';
import {
  AttachmentsRefused,
  acceptAttachments,
  MAX_ATTACHMENT_BYTES,
  MAX_ATTACHMENTS,
  type NewAttachment,
} from './accept-attachments.ts';
import { cleanFileName } from './clean-file-name.ts';

/** The longest text of a request, in bytes. */
const MAX_FIELD_BYTES = 100_000;
/** An upload that has stalled, as on a phone that changes networks, is given up: the next try waits for it. */
const IDLE_LIMIT_MS = 15_000;
/** The form's key, a subject, a text. */
const MAX_FIELDS = 5;

/** In memory, which these limits and {@link oneAtATime} keep from filling: the first byte too many ends it. */
const readFiles = multer({
  storage: multer.memoryStorage(),
  defParamCharset: 'utf8', // as browsers write file names
  limits: {
    fileSize: MAX_ATTACHMENT_BYTES,
    files: MAX_ATTACHMENTS,
    fields: MAX_FIELDS,
    fieldSize: MAX_FIELD_BYTES,
    parts: MAX_FIELDS + MAX_ATTACHMENTS + 1,
    headerPairs: 10,
  },
}).array('attachments');

/**
 * Reads a form with files. Its text fields are in `request.body` then, also where files are refused, as long as they come
 * before them. Only for who is signed in: up to {@link MAX_ATTACHMENTS} files are in memory.
 *
 * @throws Problem `invalid_request` for a form that is not ours
 */
export async function readUpload(
  request: Request,
  response: Response,
): Promise<{ attachments: NewAttachment[]; refused?: AttachmentsRefused }> {
  const outcome = await filesOf(request, response).then(acceptAttachments).catch(refusalOf);
  refuseTraps(request, response, () => {});
  return outcome instanceof AttachmentsRefused ? { attachments: [], refused: outcome } : { attachments: outcome };
}

function refusalOf(error: unknown): AttachmentsRefused {
  if (error instanceof AttachmentsRefused) return error;
  throw error;
}

async function filesOf(request: Request, response: Response): Promise<{ name: string; content: Buffer }[]> {
  const isCutOff = request.destroyed && !request.readableEnded; // its sender gave up: it would never end
  if (isCutOff) throw new Problem('invalid_request');
  request.setTimeout(IDLE_LIMIT_MS, () => request.destroy());
  await new Promise<void>((resolve, reject) => {
    readFiles(request, response, (error: unknown) => (error ? reject(readError(error)) : resolve()));
  });
  request.setTimeout(0);
  const files = (request.files ?? []) as Express.Multer.File[];
  return files.map(({ originalname, buffer }) => ({ name: originalname, content: buffer }));
}

function readError(error: unknown): Problem {
  const { code, filename = '' } = error instanceof MulterError ? (error as MulterError & { filename?: string }) : {};
  if (code === 'LIMIT_FILE_SIZE') return new AttachmentsRefused('large', cleanFileName(filename));
  if (code === 'LIMIT_FILE_COUNT') return new AttachmentsRefused('many');
  // Browsers send the control characters of a file's name as they are, and the parser stops there: after the text fields.
  if ((error as Error).message === 'Malformed part header') return new AttachmentsRefused('unnamed');
  return new Problem('invalid_request');
}
