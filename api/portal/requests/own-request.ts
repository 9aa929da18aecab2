import { Request } from '../../../db/entities/index.ts';
import { Problem } from '../../problem.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import type { PortalUserCall } from '../signed-in.ts';

/** The request in the page's address, if it is the portal user's own. Anybody else's looks like none. @throws Problem `not_found` */
export async function ownRequest(
  { database }: Services,
  { request, portalUser }: Pick<PortalUserCall, 'request' | 'portalUser'>,
): Promise<Request> {
  const id = Id.safeParse(request.params.id).data;
  const own = { id: id ?? '', portal: portalUser.portal.id, portalUser: portalUser.id };
  const found = id === undefined ? null : await database.em.fork().findOne(Request, own);
  if (found === null) throw new Problem('not_found');
  return found;
}
