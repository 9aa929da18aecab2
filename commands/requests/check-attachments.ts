import { extname } from 'node:path';
import { Refusal } from '../../vocabulary/refusal.ts';
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
export class AttachmentsRefused extends Refusal {
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

const MAX_FILE_NAME_LENGTH = 200;
/**
 * Control characters, line ends, what has no width, and what makes a name read in another order than it is written
 * (`gpj.exe` as `exe.jpg`).
 */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\u2060\ufeff]/gu;
/** Longer than any that a program gives. */
const MAX_EXTENSION_LENGTH = 20;

/**
 * A file's name as it is kept: of a path the last part, without what cannot be seen, and no longer than
 * {@link MAX_FILE_NAME_LENGTH}, its extension kept. Blanks and points at its end go, too: Windows passes over them, and
 * `page.html.` would be a page.
 */
export function cleanFileName(name: string): string {
  const last = name.toWellFormed().split(/[/\\]/).at(-1)!;
  const seen = last
    .replaceAll(UNSEEN, '')
    .replace(/[\s.]+$/u, '')
    .trimStart();
  if (seen === '') return 'attachment';
  if (seen.length <= MAX_FILE_NAME_LENGTH) return seen;
  const extension = extname(seen).slice(0, MAX_EXTENSION_LENGTH);
  const stem = seen.slice(0, MAX_FILE_NAME_LENGTH - extension.length);
  return stem.replace(/[\ud800-\udbff]$/, '') + extension; // not half of a character
}
