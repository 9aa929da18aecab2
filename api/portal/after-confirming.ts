import type { Portal } from '../../db/entities/index.ts';
import type { Language } from '../../db/languages.ts';
import type { LinkHolder } from '../commands/open-confirmation-link.ts';

/** The portal user's own address if the portal (still) leads there, else the portal's first; undefined where it has none. */
export function afterConfirmingUrl({ user, portal }: LinkHolder): string | undefined {
  const { afterConfirmingUrls: allowed } = portal;
  return allowed.find((address) => address === user.afterConfirmingUrl) ?? allowed[0];
}

/**
 * The page of ours that a confirmation leads to. A browser applies `form-action` to every redirect after a form (CSP level 3,
 * section 6.4.2), also to those of a site that we do not know, so the way to the portal's address begins on a page. Its number
 * in the portal's list names it: nobody can make this page lead elsewhere.
 */
export function welcomeAddress(holder: LinkHolder, language: Language): string {
  const { slug, afterConfirmingUrls } = holder.portal;
  const address = afterConfirmingUrl(holder);
  const to = address === undefined ? '' : `&to=${afterConfirmingUrls.indexOf(address)}`;
  return `/p/${slug}/welcome?language=${language}${to}`;
}

/** Where {@link welcomeAddress} with this `to` leads on; undefined where the person stays on our page. */
export function leadsTo({ afterConfirmingUrls, hasOwnSite }: Portal, to: unknown): string | undefined {
  const chosen = typeof to === 'string' && /^\d{1,3}$/.test(to) ? afterConfirmingUrls[Number(to)] : undefined;
  return chosen ?? (hasOwnSite ? afterConfirmingUrls[0] : undefined);
}
