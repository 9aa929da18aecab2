import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { Refusal } from '../vocabulary/refusal.ts';

/** One entity tag of a list, with or without the mark of a weak one (RFC 9110, section 8.8.3). */
const ENTITY_TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** A strong entity tag of a representation, which is hashed as the JSON that a GET sends. */
export function entityTag(representation: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${hash}"`;
}

/**
 * Compares If-Match with what a GET of the resource gives now (RFC 9110, section 13.1.1): strongly, so that a weak tag never
 * matches. For two writers of the same tag not to pass both, the caller holds the lock that every writer of the row takes.
 *
 * @param read gives that representation; called only where there is something to compare
 * @throws Refusal `precondition_failed`
 */
export async function requireMatch(request: Request, read: () => unknown): Promise<void> {
  const header = request.get('If-Match');
  if (header === undefined || header.trim() === '*') return;
  const current = entityTag(await read());
  if (!tagsIn(header).some(({ tag, isWeak }) => tag === current && !isWeak)) {
    throw new Refusal('precondition_failed', { detail: 'It was changed since you read it. Read it again.' });
  }
}

/** For operations on what has no entity tag: nothing but `*` matches. @throws Refusal `precondition_failed` */
export function refuseEntityTags(request: Request): void {
  const header = request.get('If-Match');
  if (header === undefined || header.trim() === '*') return;
  throw new Refusal('precondition_failed', { detail: 'What this call is about has no ETag: leave If-Match out.' });
}

/** Whether a reader has this representation already, by If-None-Match (RFC 9110, section 13.1.2, a weak comparison). */
export function isKnown(request: Request, entityTagNow: string): boolean {
  const header = request.get('If-None-Match');
  if (header === undefined) return false;
  return header.trim() === '*' || tagsIn(header).some(({ tag }) => tag === entityTagNow);
}

function tagsIn(header: string): { tag: string; isWeak: boolean }[] {
  return [...header.matchAll(ENTITY_TAG)].map(([, weak, tag]) => ({ tag: tag!, isWeak: weak !== undefined }));
}
