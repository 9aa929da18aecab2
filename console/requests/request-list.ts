import { Router } from 'express';
import { z } from 'zod';
import type { Portal, PortalRequest } from '../../db/entities/index.ts';
import { countRequests } from '../../db/queries/count-requests.ts';
import { findPortalUser } from '../../db/queries/list-portal-users.ts';
import { listRequests, type RequestFilter } from '../../db/queries/list-requests.ts';
import type { Page } from '../../db/queries/read-page.ts';
import { PortalUsersQuery } from '../../schemas/portal-user.ts';
import { RequestChange } from '../../schemas/request.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { formatMatchingCount, listFilterLinks } from '../counts.ts';
import { REQUEST_STATUS_LABELS, requestStatusLabel } from '../labels.ts';
import { moment } from '../moment.ts';
import { filledFields, readForm, viewAddress } from '../read-form.ts';
import { atPortal, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';

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

/** The view that an address asks for; what is left empty is not asked for, nor two pages at once. @throws Refusal `invalid_request` */
function readRequestView(fields: Record<string, unknown>): RequestView {
  const { before, ...view } = readForm(Query, filledFields(fields));
  return view.cursor === undefined ? { ...view, before } : view;
}

/** The address of a view. */
export function requestsAddress(portal: Pick<Portal, 'slug'>, view: Partial<RequestView> = {}): string {
  return viewAddress(`/console/${portal.slug}/requests`, view);
}

function requestFilterOf({ status, user, q }: RequestView): RequestFilter {
  return { status, portalUser: user, q };
}

/** The table of requests, the newest activity first; the table by itself for the script that searches while one types. */
export function requestList(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/',
    atPortal(async ({ request, response, portal }) => {
      const context = await requestTable(services, portal, readRequestView(request.query));
      if (request.get('HX-Target') === 'list') return showFragment(response, 'requests/list', context);
      const page = { view: 'requests/requests', title: 'Requests', section: 'requests', context } as const;
      showConsolePage(request, response, page);
    }),
  );
  return router;
}

async function requestTable(services: Services, portal: PortalCall['portal'], view: RequestView) {
  const [page, counts, asker] = await Promise.all([
    readRequests(services, portal, view),
    countRequests(services.database.em.fork(), portal.id, requestFilterOf(view)),
    findAsker(services, portal, view.user),
  ]);
  const { cursor, before, ...filter } = view;
  return {
    view,
    asker,
    fields: Object.entries({ status: view.status, user: view.user }).filter(([, value]) => value !== undefined),
    rows: page.rows.map((request) => requestRow(portal, request)),
    facets: [
      listFilterLinks({
        title: 'Status',
        labels: REQUEST_STATUS_LABELS,
        counts: counts.status,
        current: view.status,
        addressOf: (status) => requestsAddress(portal, { ...filter, status }),
      }),
    ],
    matching: formatMatchingCount(counts.matching, page),
    isFiltered: Object.values(filter).some((value) => value !== undefined),
    everything: requestsAddress(portal),
    everybody: requestsAddress(portal, { ...filter, user: undefined }),
    next: page.nextCursor && requestsAddress(portal, { ...filter, cursor: page.nextCursor }),
    previous: page.previousCursor && requestsAddress(portal, { ...filter, before: page.previousCursor }),
  };
}

/** The requests of a view, with their portal users. @throws Refusal `invalid_request` for a page that is not one of this list */
async function readRequests(services: Services, portal: Portal, view: RequestView): Promise<Page<PortalRequest>> {
  const { cursor, before } = view;
  const em = services.database.em.fork();
  const page = await sealedPage(services, `${portal.id}/requests`, { limit: ROWS, cursor, before }, (asked) =>
    listRequests(em, portal.id, requestFilterOf(view), asked),
  );
  await em.populate(page.rows, ['portalUser.contact']);
  return page;
}

/** Whose requests the view is about, where it is about one portal user's. @throws Refusal `not_found` for another portal's */
async function findAsker({ database }: Services, portal: PortalCall['portal'], id: string | undefined) {
  if (id === undefined) return undefined;
  const user = await findPortalUser(database.em.fork(), portal.id, id);
  if (user === null) throw new Refusal('not_found');
  return { name: user.contact.getEntity().name, href: `/console/${portal.slug}/users/${id}` };
}

function requestRow(portal: PortalCall['portal'], request: PortalRequest) {
  const user = request.portalUser.getEntity();
  const { name, email } = user.contact.getEntity();
  return {
    id: request.id,
    number: request.number,
    subject: request.subject,
    href: `${requestsAddress(portal)}/${request.id}`,
    user: { name, email, href: `/console/${portal.slug}/users/${user.id}` },
    status: requestStatusLabel(request.status),
    lastActivity: moment(request.lastActivityAt),
  };
}
