import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { Problem } from '../problem.ts';
import { refuseTraps } from '../read-json.ts';
import type { Services } from '../services.ts';
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
/** The form's key, a subject, a text. */
const MAX_FIELDS = 5;
/** Of a form that has more, the rest is discarded. */
const MOST_KEPT_BYTES = MAX_ATTACHMENTS * MAX_ATTACHMENT_BYTES + MAX_FIELDS * MAX_FIELD_BYTES;

/** In memory, which these limits, {@link oneAtATime} and `bodies` keep from filling: the first byte too many ends it. */
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
 * @throws Problem `request_timeout`, `unavailable`; the text fields that arrived before are in `request.body` then, too
 */
export async function readUpload(
  services: Services,
  request: Request,
  response: Response,
): Promise<{ attachments: NewAttachment[]; refused?: AttachmentsRefused; failure?: undefined }> {
  const reading = filesOf(services, request, response).finally(() => refuseTraps(request, response, () => {}));
  const outcome = await reading.then(acceptAttachments).catch(refusalOf);
  return outcome instanceof AttachmentsRefused ? { attachments: [], refused: outcome } : { attachments: outcome };
}

function refusalOf(error: unknown): AttachmentsRefused {
  if (error instanceof AttachmentsRefused) return error;
  throw error;
}

async function filesOf(
  { bodies }: Services,
  request: Request,
  response: Response,
): Promise<{ name: string; content: Buffer }[]> {
  const isCutOff = request.destroyed && !request.readableEnded; // its sender gave up: it would never end
  if (isCutOff) throw new Problem('invalid_request');
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => (error ? reject(readError(error)) : resolve());
    bodies.within('signed_in', readFiles, MOST_KEPT_BYTES)(request, response, done);
  });
  const files = (request.files ?? []) as Express.Multer.File[];
  return files.map(({ originalname, buffer }) => ({ name: originalname, content: buffer }));
}

function readError(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, filename = '' } = error instanceof MulterError ? (error as MulterError & { filename?: string }) : {};
  if (code === 'LIMIT_FILE_SIZE') return new AttachmentsRefused('large', cleanFileName(filename));
  if (code === 'LIMIT_FILE_COUNT') return new AttachmentsRefused('many');
  // Browsers send the control characters of a file's name as they are, and the parser stops there: after the text fields.
  if ((error as Error).message === 'Malformed part header') return new AttachmentsRefused('unnamed');
  return new Problem('invalid_request');
}
