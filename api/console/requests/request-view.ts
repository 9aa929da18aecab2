import { z } from 'zod';
import type { Portal, Request } from '../../../db/entities/index.ts';
import { listRequests } from '../../../db/queries/list-requests.ts';
import type { Page } from '../../../db/queries/read-page.ts';
import type { RequestFilter } from '../../../db/queries/request-filter.ts';
import { PortalUsersQuery } from '../../schemas/portal-user.ts';
import { RequestChange } from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import { sealedPage } from '../../sealed-page.ts';
import type { Services } from '../../services.ts';
import { readForm } from '../read-form.ts';
import { filledFields, viewAddress } from '../view-address.ts';

const ROWS = 50;

const { q, cursor } = PortalUsersQuery.shape;
const Query = z.object({
  status: RequestChange.shape.status.optional(),
  user: Id.optional(),
  q,
  cursor,
  before: cursor,
});
/** What the table of requests shows, all of it in its address. */
export type RequestView = z.output<typeof Query>;

/** The view that an address asks for; what is left empty is not asked for, nor two pages at once. @throws Problem `invalid_request` */
export function readRequestView(fields: Record<string, unknown>): RequestView {
  const { before, ...view } = readForm(Query, filledFields(fields));
  return view.cursor === undefined ? { ...view, before } : view;
}

/** The address of a view. */
export function requestsAddress(portal: Pick<Portal, 'slug'>, view: Partial<RequestView> = {}): string {
  return viewAddress(`/console/${portal.slug}/requests`, view);
}

export function requestFilterOf({ status, user, q }: RequestView): RequestFilter {
  return { status, portalUser: user, q };
}

/** The requests of a view, with their portal users. @throws Problem `invalid_request` for a page that is not one of this list */
export async function readRequests(services: Services, portal: Portal, view: RequestView): Promise<Page<Request>> {
  const { cursor, before } = view;
  const em = services.database.em.fork();
  const page = await sealedPage(services, `${portal.id}/requests`, { limit: ROWS, cursor, before }, (asked) =>
    listRequests(em, portal.id, requestFilterOf(view), asked),
  );
  await em.populate(page.rows, ['portalUser.contact']);
  return page;
}
