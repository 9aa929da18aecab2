import { Problem } from '../problem.ts';
import { cleanFileName } from './clean-file-name.ts';
import { mediaTypeOf, type TypeRefusal } from './media-type.ts';

/** Files that come with one request or reply. */
export const MAX_ATTACHMENTS = 5;
export const MAX_ATTACHMENT_BYTES = 10_000_000;

/** A file that may be kept. */
export interface NewAttachment {
  fileName: string;
  mediaType: string;
  content: Buffer;
}

export type AttachmentRefusal = TypeRefusal | 'many' | 'large' | 'empty' | 'unnamed';

const SAID: Record<AttachmentRefusal, (fileName: string) => string> = {
  many: () => `must be ${MAX_ATTACHMENTS} files or fewer`,
  large: (name) => `“${name}” must have ${MAX_ATTACHMENT_BYTES / 1_000_000} MB or less`,
  empty: (name) => `“${name}” is empty`,
  unnamed: () => 'must have names without control characters',
  type: (name) => `“${name}” is no picture, PDF, document, ZIP or text in UTF-8`,
  name: (name) => `“${name}” has an ending that we do not take, or that does not fit its content`,
};

/** Why none of the files that came with a form is kept. */
export class AttachmentsRefused extends Problem {
  readonly refusal: AttachmentRefusal;
  readonly fileName: string;

  constructor(refusal: AttachmentRefusal, fileName = '') {
    super('invalid_request', { errors: [{ field: 'attachments', message: SAID[refusal](fileName) }] });
    this.refusal = refusal;
    this.fileName = fileName;
  }
}

/** The files of a form as they may be kept. @throws AttachmentsRefused for the first that may not: then none is kept */
export async function acceptAttachments(files: { name: string; content: Buffer }[]): Promise<NewAttachment[]> {
  if (files.length > MAX_ATTACHMENTS) throw new AttachmentsRefused('many');
  return Promise.all(files.map(accept));
}

async function accept({ name, content }: { name: string; content: Buffer }): Promise<NewAttachment> {
  const fileName = cleanFileName(name);
  if (content.length === 0) throw new AttachmentsRefused('empty', fileName);
  if (content.length > MAX_ATTACHMENT_BYTES) throw new AttachmentsRefused('large', fileName);
  const type = await mediaTypeOf(fileName, content);
  if ('refusal' in type) throw new AttachmentsRefused(type.refusal, fileName);
  return { fileName, mediaType: type.mediaType, content };
}
