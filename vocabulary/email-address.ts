/** Workflows cannot import this file: their bundler takes the package `punycode/` of tr46 for Node's module and rejects it. */
import { toASCII } from 'tr46';
import type { $brand } from 'zod';

/** Text that is exactly one plain address, as it was typed. The schemas check it, once; it has a key. */
export type EmailAddress = string & $brand<'EmailAddress'>;

/** RFC 5321, section 4.5.3.1. */
const MAX_LOCAL_PART_OCTETS = 64;
/** RFC 5321: a path is at most 256 octets, its angle brackets included. */
const MAX_ADDRESS_OCTETS = 254;
/** RFC 5322 dot-atom, with the letters and digits of RFC 6531. Quoted local parts are refused. */
const DOT_ATOM = /^[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+(\.[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~]+)*$/u;
/** Letters and marks that are not seen, such as the fillers of Hangul: two addresses would look alike. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/u;
/** What a domain is typed with: anything else would be interpreted (`%41`, `/`, line ends) by the URL rules below. */
const DOMAIN_CHARACTERS = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** RFC 1123 host name of two labels at least, its last one not a number: no address literals. */
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * Unicode's UTS 46 with every check: an A-label (`xn--…`) must decode to a valid label, and no other label may have
 * hyphens in the third and fourth place (RFC 5891, section 4.2.3.1). Node's `domainToASCII` lets broken A-labels through.
 */
const STRICT = {
  checkBidi: true,
  checkHyphens: true,
  checkJoiners: true,
  useSTD3ASCIIRules: true,
  verifyDNSLength: true,
};

/**
 * The form in which two spellings of one address are equal: case-folded, Unicode composed (NFC), the domain in its
 * ASCII form (UTS 46). Undefined where the text is not exactly one plain address.
 */
export function emailKey(address: EmailAddress): string;
export function emailKey(address: string): string | undefined;
export function emailKey(address: string): string | undefined {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).normalize('NFC').toLowerCase();
  if (at < 1 || !DOT_ATOM.test(local) || UNSEEN.test(local) || !DOMAIN_CHARACTERS.test(address.slice(at + 1)))
    return undefined;

  if (foldsIntoAscii(address.slice(0, at))) return undefined;
  const domain = toASCII(address.slice(at + 1), STRICT);
  if (domain === null || !HOST_NAME.test(domain)) return undefined;

  const key = `${local}@${domain}`;
  const fits = Buffer.byteLength(local) <= MAX_LOCAL_PART_OCTETS && Buffer.byteLength(key) <= MAX_ADDRESS_OCTETS;
  return fits ? key : undefined;
}

/** Whether folding makes an ASCII letter of another one, such as K of the kelvin sign: two mailboxes would be one address. */
function foldsIntoAscii(local: string): boolean {
  return [...local].some(
    (character) => character > '\x7f' && /[\x21-\x7e]/.test(character.normalize('NFC').toLowerCase()),
  );
}
