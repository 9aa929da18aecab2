import type { Portal, PortalUser } from '../db/entities/index.ts';
import { languageAt } from '../vocabulary/languages.ts';

/** A portal user who confirms, and their portal. */
interface Confirming {
  user: Pick<PortalUser, 'afterConfirmingUrl' | 'locale'>;
  portal: Portal;
}

/** The portal user's own address if it is (still) in the portal's list, else the first of the list; undefined for an empty list. */
export function afterConfirmingUrl({ user, portal }: Confirming): string | undefined {
  const { afterConfirmingUrls: allowed } = portal;
  return allowed.find((address) => address === user.afterConfirmingUrl) ?? allowed[0];
}

/**
 * Our page to which a confirmation redirects. A browser applies `form-action` to every redirect after a form (CSP level 3,
 * section 6.4.2), also to those of a site that we do not know, so the way to the portal's address begins on a page. The page names the
 * address by its number in the portal's list, so that nobody can make it lead elsewhere.
 */
export function welcomeAddress(confirming: Confirming): string {
  const { user, portal } = confirming;
  const address = afterConfirmingUrl(confirming);
  const to = address === undefined ? '' : `&to=${portal.afterConfirmingUrls.indexOf(address)}`;
  return `/p/${portal.slug}/welcome?language=${languageAt(portal, user.locale)}${to}`;
}

/** The address to which {@link welcomeAddress} with this `to` leads on; undefined where the person stays on our page. */
export function leadsTo({ afterConfirmingUrls, hasOwnSite }: Portal, to: unknown): string | undefined {
  const chosen = typeof to === 'string' && /^\d{1,3}$/.test(to) ? afterConfirmingUrls[Number(to)] : undefined;
  return chosen ?? (hasOwnSite ? afterConfirmingUrls[0] : undefined);
}
