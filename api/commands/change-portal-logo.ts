import { createHash } from 'node:crypto';
import { LockMode } from '@mikro-orm/postgresql';
import { fileTypeFromBuffer } from 'file-type';
import { Portal } from '../../db/entities/index.ts';
import { recordPortalEvent } from '../../db/record-event.ts';
import type { Actor } from '../../workflows/vocabulary.ts';
import { invalidFields } from '../problem.ts';
import type { UnitOfWork } from '../unit-of-work.ts';

/** Quick to load in an e-mail; a logo is rarely a tenth of it. */
export const MAX_LOGO_BYTES = 200_000;
/** Pictures that every browser and mail program shows and that hold no script. */
const MEDIA_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Enough of a hash to tell one logo of a portal from its next. */
const VERSION_LENGTH = 16;

/**
 * Gives a portal another logo, or with null none. It stands in e-mails and pages at once, also in e-mails that were mailed.
 * What it is, its bytes say, not its name. The logo that it has already, or none where it has none, changes nothing and leaves
 * no event.
 *
 * @throws Problem `invalid_request` on `logo`
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

async function pictureType(bytes: Buffer): Promise<string> {
  if (bytes.length > MAX_LOGO_BYTES) {
    throw invalidFields([{ field: 'logo', message: `must have ${MAX_LOGO_BYTES / 1_000} kB or less` }]);
  }
  const type = await fileTypeFromBuffer(bytes);
  if (type !== undefined && MEDIA_TYPES.has(type.mime)) return type.mime;
  throw invalidFields([{ field: 'logo', message: 'must be a picture: PNG, JPEG, GIF or WebP' }]);
}

function versionOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, VERSION_LENGTH);
}
