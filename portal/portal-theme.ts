import { type Response, Router } from 'express';
import type { Portal } from '../db/entities/index.ts';
import { findPortal } from '../db/queries/authorization.ts';
import { logoUrl } from '../email/branding.ts';
import { contrast, readableOn } from '../email/templates.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { allowMethods } from '../web/allow-methods.ts';
import type { Services } from '../web/services.ts';

/** An address that names its version never means anything else. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Any other address means what is there now. */
const BRIEFLY = 'public, max-age=300';
/** Whatever a picture turns out to be, it is only a picture. */
const PICTURE_POLICY = "default-src 'none'; sandbox";

/** How a portal looks on its pages: name, and addresses of its stylesheet and logo. */
export function looksOf({ slug, name, color, logoVersion }: Pick<Portal, 'slug' | 'name' | 'color' | 'logoVersion'>) {
  return {
    portalName: name,
    theme: `/p/${slug}/theme.css?v=${color.slice(1)}`,
    logo: logoUrl('', { slug, logoVersion }),
  };
}

/** `/p/:portal/logo` and `/p/:portal/theme.css`: public, for e-mails and pages alike. */
export function portalLooks({ database }: Services): Router {
  const router = Router();

  router.all('/:portal/logo', allowMethods('GET'));

  router.get('/:portal/logo', async (request, response) => {
    const portal = await requirePortal(request.params.portal, ['logo']);
    if (!portal.logo || !portal.logoType) throw new Refusal('not_found');
    cache(response, request.query.v === portal.logoVersion);
    response.set({
      'Content-Type': portal.logoType,
      ETag: `"${portal.logoVersion}"`,
      'Content-Security-Policy': PICTURE_POLICY,
      'Cross-Origin-Resource-Policy': 'cross-origin', // webmail shows it on pages of its own
    });
    response.send(portal.logo);
  });

  router.all('/:portal/theme.css', allowMethods('GET'));

  router.get('/:portal/theme.css', async (request, response) => {
    const { color } = await requirePortal(request.params.portal);
    cache(response, request.query.v === color.slice(1));
    response.type('css').send(themeCss(color));
  });
  return router;

  async function requirePortal(slug: string, populate: 'logo'[] = []): Promise<Portal> {
    const portal = await findPortal(database.em.fork(), slug, populate);
    if (portal === null) throw new Refusal('not_found');
    return portal;
  }
}

function cache(response: Response, isNamedVersion: boolean): void {
  response.set('Cache-Control', isNamedVersion ? FOR_EVER : BRIEFLY);
}

/** What text stands on, in `style.css`, by colour scheme. */
const GROUNDS = { light: ['#ffffff', '#f3f5f8'], dark: ['#1f242c', '#14171c'] } as const;
/** For text of any size (WCAG 2.2, success criterion 1.4.3). */
const READABLE_CONTRAST = 4.5;
/** Fine enough that nobody sees the difference. */
const STEPS = 50;

/**
 * A portal's colour as custom properties of `style.css`: buttons have the very colour, with black or white on it; links and
 * edges have it as much darker or lighter as can be read in each colour scheme.
 *
 * @param color `#rrggbb`
 */
export function themeCss(color: string): string {
  const light = readableAgainst(GROUNDS.light, color, '#000000');
  const dark = readableAgainst(GROUNDS.dark, color, '#ffffff');
  return `:root {
  --accent: light-dark(${light}, ${dark});
  --button: ${color};
  --on-button: ${readableOn(color)};
}
`;
}

/** The colour, mixed with as little of another as makes it readable on each of the grounds. */
function readableAgainst(grounds: readonly string[], color: string, other: string): string {
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(color, other, step / STEPS);
    if (grounds.every((ground) => contrast(mixed, ground) >= READABLE_CONTRAST)) return mixed;
  }
  return other;
}

function mix(color: string, other: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [from, to] = [color, other].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number];
    return Math.round(from + (to - from) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}
