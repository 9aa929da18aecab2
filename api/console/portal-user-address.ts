import { Router } from 'express';
import { PortalUser } from '../../db/entities/index.ts';
import { Problem } from '../problem.ts';
import { Id } from '../schemas/text.ts';
import type { Services } from '../services.ts';
import type { SignedIn } from './signed-in.ts';

/** `/portal-user/:id`: where the Temporal UI leads, which knows portal users by their id alone. Another portal's are "not found". */
export function portalUserAddress({ database }: Services): Router {
  const router = Router();
  router.get('/portal-user/:id', async (request, response, next) => {
    const id = Id.safeParse(request.params.id).data;
    if (id === undefined) return next(); // a portal may be called so
    const { portals } = response.locals as unknown as SignedIn;
    const user = await database.em.fork().findOne(PortalUser, id);
    const portal = portals.map((membership) => membership.portal).find((one) => one.id === user?.portal.id);
    if (portal === undefined) throw new Problem('not_found');
    response.redirect(303, `/console/${portal.slug}/users/${id}`);
  });
  return router;
}
