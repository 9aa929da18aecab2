import { z } from 'zod';
import { weakness } from '../configuration/environment.ts';

/** Shorter keys would be guessable before the MAC is. */
const MIN_KEY_BYTES = 32;

/** Server keys under which confirmation links are signed. */
export interface LinkKeys {
  /** Number of the key that signs new links. */
  readonly current: number;
  readonly byId: ReadonlyMap<number, Buffer>;
}

/**
 * Reads LINK_KEYS: `<id>:<base64url of at least 32 bytes>`, several with commas between. The first signs, all verify:
 * a key is rotated by putting a new one in front, and dropped once its links have expired.
 *
 * @throws Error that says what is wrong, without the key
 */
export function parseLinkKeys(text: string): LinkKeys {
  const keys = text.split(',').map(parseLinkKey);
  const byId = new Map(keys);
  if (byId.size !== keys.length) throw new Error('LINK_KEYS: two keys have the same id');
  return { current: keys[0]![0], byId };
}

/** The same as a setting that is validated with the others, and of keys that were drawn rather than typed. */
export const LinkKeysSetting = z.string().transform((text, context) => {
  try {
    const keys = parseLinkKeys(text);
    requireDrawn(keys);
    return keys;
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message.replace('LINK_KEYS: ', '') });
    return z.NEVER;
  }
});

function parseLinkKey(text: string): [number, Buffer] {
  const match = /^\s*(\d{1,3}):([\w-]+)\s*$/.exec(text);
  const id = Number(match?.[1]);
  const key = Buffer.from(match?.[2] ?? '', 'base64url');
  if (match === null || id > 255)
    throw new Error('LINK_KEYS: expected <id 0-255>:<base64url of at least 32 bytes>[,<id>:<base64url>…]');
  if (key.length < MIN_KEY_BYTES) throw new Error(`LINK_KEYS: key ${id} is shorter than ${MIN_KEY_BYTES} bytes`);
  return [id, key];
}

function requireDrawn({ byId }: LinkKeys): void {
  const first = new Map<string, number>();
  for (const [id, key] of byId) {
    const weak = weakness(key);
    if (weak !== undefined) throw new Error(`key ${id} ${weak}: make one with \`openssl rand\``);
    const same = first.get(key.toString('hex'));
    if (same !== undefined) throw new Error(`keys ${same} and ${id} are the same`);
    first.set(key.toString('hex'), id);
  }
}
