import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Sender } from '../limit-request-bodies.ts';
import type { Services } from '../services.ts';

/** How a form with files is read. Its files are in memory, which these limits keep from filling. */
export interface MultipartForm {
  sender: Sender;
  /** The field whose files are kept. Without it, files of any field are read past. */
  filesOf?: string;
  limits: NonNullable<multer.Options['limits']>;
  /** Bytes that are kept of any form of this kind. */
  keeps: number;
  /** The refusal of a form that cannot be read. */
  refuse(failure: UnreadableForm): Refusal;
}

export interface UnreadableForm {
  /** `LIMIT_FILE_SIZE`, …: which limit the form exceeds. */
  limit: string | undefined;
  /** Of the file that exceeds it. */
  fileName: string;
  message: string;
}

export interface SentFile {
  name: string;
  content: Buffer;
}

/**
 * Reads a form with files: its text fields into `request.body`, also those that came before a failure.
 *
 * @returns the files that are kept, and whether any came
 * @throws Refusal `request_timeout`, `unavailable`, and what `refuse` returns
 */
export async function readMultipart(
  { bodies }: Services,
  request: Request,
  response: Response,
  { sender, filesOf, limits, keeps, refuse }: MultipartForm,
): Promise<{ files: SentFile[]; hadFiles: boolean }> {
  const isCutOff = request.destroyed && !request.readableEnded; // its sender gave up: reading would never end
  if (isCutOff) throw new Refusal('invalid_request');
  let hadFiles = false;
  const upload = multer({
    storage: multer.memoryStorage(),
    defParamCharset: 'utf8', // as browsers write file names
    limits,
    fileFilter(_request, { originalname }, decide) {
      hadFiles ||= originalname !== '';
      decide(null, filesOf !== undefined);
    },
  });
  const read = filesOf === undefined ? upload.any() : upload.array(filesOf);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => (error ? reject(refusalOf(error, refuse)) : resolve());
    bodies.within(sender, read, keeps)(request, response, done);
  });
  const files = (request.files ?? []) as Express.Multer.File[];
  return { files: files.map(({ originalname, buffer }) => ({ name: originalname, content: buffer })), hadFiles };
}

function refusalOf(error: unknown, refuse: MultipartForm['refuse']): Refusal {
  if (error instanceof Refusal) return error;
  const { message } = error as Error;
  const { code, filename = '' } = error instanceof MulterError ? (error as MulterError & { filename?: string }) : {};
  return refuse({ limit: code, fileName: filename, message });
}
