import type { Request, Response } from 'express';
import {
  AttachmentsRefused,
  acceptAttachments,
  cleanFileName,
  MAX_ATTACHMENT_BYTES,
  MAX_ATTACHMENTS,
  type NewAttachment,
} from '../../commands/requests/check-attachments.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import { refuseUnsafeValues } from '../read-json.ts';
import { type MultipartForm, readMultipart } from './read-multipart.ts';

/** The longest text of a request, in bytes. */
const MAX_FIELD_BYTES = 100_000;
/** The form's key, a subject, a text. */
const MAX_FIELDS = 5;
/** Of a form that has more, the rest is discarded. */
const MOST_KEPT_BYTES = MAX_ATTACHMENTS * MAX_ATTACHMENT_BYTES + MAX_FIELDS * MAX_FIELD_BYTES;

/** The first byte too many ends the reading. One form of a person is read at a time: `oneAtATime`. */
const FORM: MultipartForm = {
  sender: 'signed_in',
  filesOf: 'attachments',
  limits: {
    fileSize: MAX_ATTACHMENT_BYTES,
    files: MAX_ATTACHMENTS,
    fields: MAX_FIELDS,
    fieldSize: MAX_FIELD_BYTES,
    parts: MAX_FIELDS + MAX_ATTACHMENTS + 1,
    headerPairs: 10,
  },
  keeps: MOST_KEPT_BYTES,
  refuse({ limit, fileName, message }) {
    if (limit === 'LIMIT_FILE_SIZE') return new AttachmentsRefused('large', cleanFileName(fileName));
    if (limit === 'LIMIT_FILE_COUNT') return new AttachmentsRefused('many');
    // Browsers send the control characters of a file's name as they are, and the parser stops there: after the text fields.
    if (message === 'Malformed part header') return new AttachmentsRefused('unnamed');
    return new Refusal('invalid_request');
  },
};

/**
 * Reads a form with files. Its text fields are in `request.body` then, also where files are refused, as long as they come
 * before them. Only for who is signed in: up to {@link MAX_ATTACHMENTS} files are in memory.
 *
 * @throws Refusal `invalid_request` for a form that is not ours
 * @throws Refusal `request_timeout`, `unavailable`; the text fields that arrived before are in `request.body` then, too
 */
export async function readUpload(
  services: Services,
  request: Request,
  response: Response,
): Promise<{ attachments: NewAttachment[]; refused?: AttachmentsRefused; failure?: undefined }> {
  const reading = readMultipart(services, request, response, FORM).finally(() =>
    refuseUnsafeValues(request, response, () => {}),
  );
  const outcome = await reading.then(({ files }) => acceptAttachments(files)).catch(refusalOf);
  return outcome instanceof AttachmentsRefused ? { attachments: [], refused: outcome } : { attachments: outcome };
}

function refusalOf(error: unknown): AttachmentsRefused {
  if (error instanceof AttachmentsRefused) return error;
  throw error;
}
