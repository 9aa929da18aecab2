import type { PortalUser } from './entities/portal-user.ts';

/** Whether the deadline of the newest link had passed when the user was read; never true of a link that is not mailed yet. */
export function isLinkExpired({ linkExpiresAt, wasLinkExpired }: PortalUser): boolean {
  return Boolean(linkExpiresAt) && Boolean(wasLinkExpired);
}
