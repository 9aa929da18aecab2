import { z } from 'zod';

/** Longer than browsers and proxies agree to carry. */
const MAX_LENGTH = 2_000;
/** What a person would call a web address: a scheme, two slashes, a host without a name before it, nothing that a parser passes over. */
const PLAIN = /^https?:\/\/(?![/@]|[^/?#]*@)[^\s\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/iu;
/** In the form that URLs have: in ASCII, of letters, digits, hyphens and dots. */
const PLAIN_HOST = /^[a-z0-9.-]+$/;
/** Where http is as good as https: on this very machine. */
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1']);

/**
 * A web address that people may be sent to: https, or http on localhost, and nobody's name or password in it. In the form
 * that browsers make of it (WHATWG URL), so that two spellings are one address and a look-alike host shows its ASCII form.
 */
export const WebAddress = z
  .string()
  .transform((text, context) => {
    const address = normalize(text.trim());
    if (address !== undefined) return address;
    context.addIssue({
      code: 'custom',
      message: 'must be a plain https address, such as https://www.example.com/start',
    });
    return z.NEVER;
  })
  .meta({ description: 'An https address.', example: 'https://www.example.com/start', override: { type: 'string' } });

function normalize(text: string): string | undefined {
  if (!PLAIN.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, href } = new URL(text);
  const isSecure = protocol === 'https:' || LOCAL_HOSTS.has(hostname);
  // Pages show the host by itself, so it must be a plain name: no IPv6 literal, no `;`, no wildcard.
  const isNameable = PLAIN_HOST.test(hostname);
  return isSecure && isNameable && href.length <= MAX_LENGTH ? href : undefined;
}
