import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LockMode } from '@mikro-orm/postgresql';
import { fileTypeFromBuffer } from 'file-type';
import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/events.ts';
import type { PortalChange } from '../../schemas/portal.ts';
import type { Actor } from '../../vocabulary/events.ts';
import { invalidFields } from '../../vocabulary/refusal.ts';
import type { UnitOfWork } from '../transaction.ts';
import { requireConsistentSettings } from './create-portal.ts';

/**
 * Changes a portal's settings, from the next e-mail on; mailed links stay as they are. Where every value equals the current one,
 * nothing is changed and no event is inserted.
 *
 * @param check looks at the locked row before it is changed; what it throws is thrown
 * @throws Refusal `invalid_request`
 */
export async function changePortal(
  { em }: UnitOfWork,
  portalId: string,
  change: PortalChange,
  actor: Actor,
  check: (locked: Portal) => unknown = () => {},
): Promise<Portal> {
  // Locked: of two changes at once, the later is checked against what the first one left.
  const portal = await em.findOneOrFail(Portal, portalId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  await check(portal);
  const changed = (Object.keys(change) as (keyof PortalChange)[]).filter(
    (key) => !isDeepStrictEqual(portal[key] ?? null, change[key] ?? null),
  );
  em.assign(portal, change as Partial<Portal>);
  requireConsistentSettings(portal);
  if (changed.length > 0) recordPortalEvent(em, portal, { type: 'portal_changed', actor, data: { changed } });
  await em.flush();
  return portal;
}

/** Quick to load in an e-mail; most logos have less than a tenth of it. */
export const MAX_LOGO_BYTES = 200_000;

/** Pictures that every browser and mail program shows and that hold no script. */
const MEDIA_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** Enough characters of a hash to distinguish a portal's logos. */
const VERSION_LENGTH = 16;

/**
 * Replaces a portal's logo, or with null removes it. Pages and e-mails, mailed ones too, show the new logo at once. The media type is
 * read from the bytes, not from the file's name. Where the logo equals the current one, nothing is changed and no event is inserted.
 *
 * @throws Refusal `invalid_request` on `logo`
 */
export async function changePortalLogo(
  { em }: UnitOfWork,
  portalId: string,
  logo: Buffer | null,
  actor: Actor,
): Promise<void> {
  const logoType = logo === null ? null : await pictureType(logo);
  const portal = await em.findOneOrFail(Portal, portalId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const logoVersion = logo === null ? null : versionOf(logo);
  if (logoVersion === (portal.logoVersion ?? null)) return;
  em.assign(portal, { logo, logoType, logoVersion });
  recordPortalEvent(em, portal, { type: 'portal_changed', actor, data: { changed: ['logo'] } });
  await em.flush();
}

function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, VERSION_LENGTH);
}

async function pictureType(bytes: Buffer): Promise<string> {
  if (bytes.length > MAX_LOGO_BYTES) {
    throw invalidFields([{ field: 'logo', message: `must have ${MAX_LOGO_BYTES / 1_000} kB or less` }]);
  }
  const type = await fileTypeFromBuffer(bytes);
  if (type !== undefined && MEDIA_TYPES.has(type.mime)) return type.mime;
  throw invalidFields([{ field: 'logo', message: 'must be a picture: PNG, JPEG, GIF or WebP' }]);
}
