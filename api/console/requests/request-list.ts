import { Router } from 'express';
import type { Request } from '../../../db/entities/index.ts';
import { countRequests } from '../../../db/queries/count-requests.ts';
import { findPortalUser } from '../../../db/queries/find-portal-users.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { moment } from '../moment.ts';
import { showConsolePage, showFragment } from '../page.ts';
import { presentMatching } from '../present-count.ts';
import { presentFacet } from '../present-facet.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { type RequestView, readRequests, readRequestView, requestFilterOf, requestsAddress } from './request-view.ts';
import { REQUEST_STATUS_LABELS, requestStatusLabel } from './status-labels.ts';

/** The table of requests, the newest activity first; the table by itself for the script that searches while one types. */
export function requestList(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/',
    atPortal(async ({ request, response, portal }) => {
      const context = await tableOf(services, portal, readRequestView(request.query));
      if (request.get('HX-Target') === 'list') return showFragment(response, 'requests/list', context);
      const page = { view: 'requests/requests', title: 'Requests', section: 'requests', context } as const;
      showConsolePage(request, response, page);
    }),
  );
  return router;
}

async function tableOf(services: Services, portal: PortalCall['portal'], view: RequestView) {
  const [page, counts, asker] = await Promise.all([
    readRequests(services, portal, view),
    countRequests(services.database.em.fork(), portal.id, requestFilterOf(view)),
    nameOf(services, portal, view.user),
  ]);
  const { cursor, before, ...filter } = view;
  return {
    view,
    asker,
    fields: Object.entries({ status: view.status, user: view.user }).filter(([, value]) => value !== undefined),
    rows: page.rows.map((request) => presentRow(portal, request)),
    facets: [
      presentFacet({
        title: 'Status',
        labels: REQUEST_STATUS_LABELS,
        counts: counts.status,
        current: view.status,
        addressOf: (status) => requestsAddress(portal, { ...filter, status }),
      }),
    ],
    matching: presentMatching(counts.matching, page),
    isFiltered: Object.values(filter).some((value) => value !== undefined),
    everything: requestsAddress(portal),
    everybody: requestsAddress(portal, { ...filter, user: undefined }),
    next: page.nextCursor && requestsAddress(portal, { ...filter, cursor: page.nextCursor }),
    previous: page.previousCursor && requestsAddress(portal, { ...filter, before: page.previousCursor }),
  };
}

/** Whose requests the view is about, where it is about one portal user's. @throws Problem `not_found` for another portal's */
async function nameOf({ database }: Services, portal: PortalCall['portal'], id: string | undefined) {
  if (id === undefined) return undefined;
  const user = await findPortalUser(database.em.fork(), portal.id, id);
  if (user === null) throw new Problem('not_found');
  return { name: user.contact.getEntity().name, href: `/console/${portal.slug}/users/${id}` };
}

function presentRow(portal: PortalCall['portal'], request: Request) {
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
