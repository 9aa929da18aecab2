import { crc32 } from 'node:zlib';

/** The smallest PDF that says what it is. */
export const PDF = Buffer.from('%PDF-1.4\n%\u00e2\u00e3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n', 'latin1');
/** The beginning of a Windows program. */
export const EXECUTABLE = Buffer.concat([Buffer.from('MZ\u0090\0\u0003\0\0\0', 'latin1'), Buffer.alloc(200)]);

/** A ZIP archive of files that are stored as they are (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16). */
export function zip(entries: Record<string, string>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const [name, text] of Object.entries(entries)) {
    const [fileName, content] = [Buffer.from(name), Buffer.from(text)];
    const sizes = [crc32(content), content.length, content.length].map(uint32);
    const common = Buffer.concat([
      uint16(20),
      uint16(0),
      uint16(0),
      uint32(0),
      ...sizes,
      uint16(fileName.length),
      uint16(0),
    ]);
    const offset = locals.reduce((sum, { length }) => sum + length, 0);
    locals.push(Buffer.from('PK\u0003\u0004'), common, fileName, content);
    const rest = Buffer.concat([uint16(0), uint16(0), uint16(0), uint32(0), uint32(offset)]);
    directory.push(Buffer.from('PK\u0001\u0002'), uint16(20), common, rest, fileName);
  }
  const [start, length] = [locals, directory].map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const count = Object.keys(entries).length;
  const end = [uint16(0), uint16(0), uint16(count), uint16(count), uint32(length!), uint32(start!), uint16(0)];
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\u0005\u0006'), ...end]);
}

/** A Word, Excel or PowerPoint file, as its content types tell. */
export function officeFile(mainPart: string): Buffer {
  const type = `<Override PartName="/main.xml" ContentType="${mainPart}.main+xml"/>`;
  return zip({ '[Content_Types].xml': `<?xml version="1.0"?><Types>${type}</Types>`, 'main.xml': '<x/>' });
}

/** An OpenDocument file, which tells its type first. */
export function openDocument(mediaType: string): Buffer {
  return zip({ mimetype: mediaType, 'content.xml': '<x/>' });
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
