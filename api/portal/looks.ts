import { type Response, Router } from 'express';
import { Portal } from '../../db/entities/index.ts';
import { logoUrl } from '../../db/logo-url.ts';
import { Problem } from '../problem.ts';
import { Slug } from '../schemas/portal.ts';
import type { Services } from '../services.ts';
import { themeCss } from './theme.ts';

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

  router.get('/:portal/logo', async (request, response) => {
    const portal = await findPortal(request.params.portal, ['logo']);
    if (!portal.logo || !portal.logoType) throw new Problem('not_found');
    cache(response, request.query.v === portal.logoVersion);
    response.set({
      'Content-Type': portal.logoType,
      ETag: `"${portal.logoVersion}"`,
      'Content-Security-Policy': PICTURE_POLICY,
      'Cross-Origin-Resource-Policy': 'cross-origin', // webmail shows it on pages of its own
    });
    response.send(portal.logo);
  });

  router.get('/:portal/theme.css', async (request, response) => {
    const { color } = await findPortal(request.params.portal);
    cache(response, request.query.v === color.slice(1));
    response.type('css').send(themeCss(color));
  });
  return router;

  async function findPortal(name: string, populate: 'logo'[] = []): Promise<Portal> {
    const slug = Slug.safeParse(name).data;
    const portal = slug === undefined ? null : await database.em.fork().findOne(Portal, { slug }, { populate });
    if (portal === null) throw new Problem('not_found');
    return portal;
  }
}

function cache(response: Response, isNamedVersion: boolean): void {
  response.set('Cache-Control', isNamedVersion ? FOR_EVER : BRIEFLY);
}
