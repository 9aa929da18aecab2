import type { SendMailOptions, Transporter } from 'nodemailer';
import { encodeWord } from 'nodemailer/lib/mime-funcs';

/** How an encoded word begins (RFC 2047, section 2): `=?utf-8?Q?Eve?=` is shown as `Eve`. */
const LOOKS_ENCODED = '=?';
/** Characters of one encoded word: with its frame it stays below the 75 of RFC 2047. */
const WORD_LENGTH = 52;

/**
 * Makes a transport send names and subjects that look like encoded words as what they are. nodemailer puts such a name in
 * quotes, where RFC 2047 (section 5) forbids to decode it, which mail programs do all the same. Encoded once more, every
 * program shows the text as it was typed.
 */
export function encodeLookalikes(transport: Transporter): void {
  transport.use('stream', ({ message }, done) => {
    const node = message as unknown as AddressEncoder;
    const encodeAddressName = node._encodeAddressName.bind(node);
    node._encodeAddressName = (name) => encoded(name) ?? encodeAddressName(name);
    done();
  });
}

/** A subject as {@link encodeLookalikes} means it. */
export function encodeSubject({ subject }: SendMailOptions): SendMailOptions {
  return subject === undefined ? {} : { subject: encoded(subject) ?? subject };
}

function encoded(text: string): string | undefined {
  return text.includes(LOOKS_ENCODED) ? encodeWord(text, 'B', WORD_LENGTH) : undefined;
}

/** Private, but nodemailer offers no other place; a test reads what arrives. */
interface AddressEncoder {
  _encodeAddressName(name: string): string;
}
