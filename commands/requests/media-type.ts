import { isUtf8 } from 'node:buffer';
import { fileTypeFromBuffer } from 'file-type';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument';

/** Kinds of files that are taken: what their content may be, and how their names may end. */
const KINDS: { mediaTypes: string[]; extensions: string[] }[] = [
  {
    mediaTypes: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
    extensions: ['.png', '.jpg', '.jpeg', '.jfif', '.gif', '.webp'],
  },
  { mediaTypes: ['application/pdf'], extensions: ['.pdf'] },
  {
    mediaTypes: [
      'application/zip',
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.spreadsheetml.sheet`,
      `${OFFICE}.presentationml.presentation`,
      `${OPEN_DOCUMENT}.text`,
      `${OPEN_DOCUMENT}.spreadsheet`,
    ],
    extensions: ['.zip', '.docx', '.xlsx', '.pptx', '.odt', '.ods'],
  },
  { mediaTypes: ['text/plain', 'text/csv'], extensions: ['.txt', '.csv', '.log'] },
];

/** For a form's `accept`: what the browser's dialog offers first. */
export const ACCEPTED_EXTENSIONS = KINDS.flatMap(({ extensions }) => extensions).join(',');

/** Of the bytes below the blank, text has line ends, tabs, page breaks and, in logs, the escape before a colour. */
const IN_TEXT = new Set([...'\t\n\f\r\u001b'].map((character) => character.charCodeAt(0)));
const BLANK = 0x20;

/** From the last point on, also of a name that begins with it: Windows takes `.html` for a page. */
const EXTENSION = /\.[^.]*$/;

export type TypeRefusal = 'type' | 'name';

/**
 * What a file is, by its content. Its name must say the same kind, or nothing: a text that is called `.html` would be a page
 * for whoever opens it, and an executable is none of these.
 *
 * @returns its media type, or why it is not taken
 */
export async function mediaTypeOf(
  fileName: string,
  content: Buffer,
): Promise<{ mediaType: string } | { refusal: TypeRefusal }> {
  const extension = EXTENSION.exec(fileName)?.[0].toLowerCase() ?? '';
  const mediaType = (await binaryType(content)) ?? textType(extension, content);
  const kind = KINDS.find(({ mediaTypes }) => mediaTypes.includes(mediaType ?? ''));
  if (mediaType === undefined || kind === undefined) return { refusal: 'type' };
  return extension === '' || kind.extensions.includes(extension) ? { mediaType } : { refusal: 'name' };
}

async function binaryType(content: Buffer): Promise<string | undefined> {
  const mime = (await fileTypeFromBuffer(content))?.mime;
  return KINDS.some(({ mediaTypes }) => mediaTypes.includes(mime ?? '')) ? mime : undefined;
}

/** By every byte: what merely begins as something else does (`MZ;…`) is text all the same. */
function textType(extension: string, content: Buffer): string | undefined {
  if (!isUtf8(content) || content.some((byte) => byte < BLANK && !IN_TEXT.has(byte))) return undefined;
  return extension === '.csv' ? 'text/csv' : 'text/plain';
}
