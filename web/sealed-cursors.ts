/**
 * The cursors of lists. What the database reads from one must be what it wrote: a client could write anything into it.
 * So a cursor carries a MAC, and one that we did not make for this very list and order is refused.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Page, PageRequest } from '../db/queries/read-page.ts';
import type { LinkKeys } from '../links/link-keys.ts';
import { invalidFields } from '../vocabulary/refusal.ts';
import type { Services } from './services.ts';

/** `<MAC>.<what the database wrote>` */
const SEALED = /^([\w-]{43})\.([\w-]+)$/;
/** Keeps a MAC made here from meaning anything elsewhere. */
const PURPOSE = 'list-cursor';

/**
 * Reads one page of a list by a cursor of ours, and seals the cursors of its neighbours.
 *
 * @param list names the list and its order
 * @throws Refusal `invalid_request` for any other cursor
 */
export async function sealedPage<T>(
  { linkKeys }: Services,
  list: string,
  { limit, cursor, before }: PageRequest,
  read: (request: PageRequest) => Promise<Page<T>>,
): Promise<Page<T>> {
  const open = (sealed: string | undefined) => (sealed === undefined ? undefined : unseal(linkKeys, list, sealed));
  const page = await read({ limit, cursor: open(cursor), before: open(before) });
  const close = (opened: string | null) => (opened === null ? null : seal(linkKeys, list, opened));
  return { rows: page.rows, nextCursor: close(page.nextCursor), previousCursor: close(page.previousCursor) };
}

function seal({ current, byId }: LinkKeys, list: string, cursor: string): string {
  return `${mac(byId.get(current)!, list, cursor)}.${cursor}`;
}

function unseal({ byId }: LinkKeys, list: string, sealed: string): string {
  const [, given, cursor] = SEALED.exec(sealed) ?? [];
  const isOurs = given && cursor && [...byId.values()].some((key) => equal(given, mac(key, list, cursor)));
  if (!isOurs) throw invalidFields([{ field: 'query.cursor', message: 'is not a nextCursor of this list' }]);
  return cursor;
}

function mac(key: Buffer, list: string, cursor: string): string {
  return createHmac('sha256', key).update(`${PURPOSE}/${list}/${cursor}`).digest('base64url');
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
