import { Router } from 'express';
import { z } from 'zod';
import { listRequests } from '../../../db/queries/list-requests.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../../workflows/vocabulary.ts';
import { pageQuery } from '../../schemas/page.ts';
import { sealedPage } from '../../sealed-page.ts';
import type { Services } from '../../services.ts';
import { portalMoment } from '../moment.ts';
import { phrase, showPage } from '../pages.ts';
import type { AsSignedIn, PortalUserCall } from '../signed-in.ts';

/** Rows that are read on a phone without getting lost. */
const PAGE_SIZE = 20;

/** What is not a status or a cursor in the address is passed over: people shorten addresses. */
const ListQuery = z.object({
  status: z.enum(REQUEST_STATUSES).optional().catch(undefined),
  cursor: pageQuery.cursor.catch(undefined),
  before: pageQuery.cursor.catch(undefined),
});

/** The portal's first page: one's own requests, the newest activity first. */
export function requestList(services: Services, signedIn: AsSignedIn): Router {
  const router = Router({ mergeParams: true });
  router.get(
    '/',
    signedIn(async (call) => {
      const { request, portal, portalUser } = call;
      const { status, ...cursors } = ListQuery.parse(request.query);
      const filter = { status, portalUser: portalUser.id };
      const list = `${portalUser.id}/requests/${status ?? ''}`;
      const page = await sealedPage(services, list, { limit: PAGE_SIZE, ...cursors }, (asked) =>
        listRequests(services.database.em.fork(), portal.id, filter, asked),
      );
      showList(call, status, page);
    }),
  );
  return router;
}

type ListPage = Awaited<ReturnType<typeof listRequests>>;

function showList(
  { response, portal, language }: PortalUserCall,
  status: RequestStatus | undefined,
  { rows, nextCursor, previousCursor }: ListPage,
): void {
  const home = `/p/${portal.slug}`;
  const address = (query: Record<string, string | undefined>) => {
    const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return set.length === 0 ? home : `${home}?${new URLSearchParams(set)}`;
  };
  showPage(response, {
    status: 200,
    view: 'requests/request-list',
    language,
    portal,
    context: {
      title: phrase(language, 'requests.title'),
      section: { requests: true },
      filters: [undefined, ...REQUEST_STATUSES].map((value) => ({
        name: phrase(language, `requests.filter.${value ?? 'all'}`),
        href: address({ status: value }),
        isCurrent: value === status,
      })),
      isFiltered: status !== undefined,
      rows: rows.map((row) => ({
        number: row.number,
        subject: row.subject,
        status: row.status,
        statusName: phrase(language, `requests.status.${row.status}`),
        lastActivity: portalMoment(row.lastActivityAt, language),
        href: `${home}/requests/${row.id}`,
      })),
      older: nextCursor && address({ status, cursor: nextCursor }),
      newer: previousCursor && address({ status, before: previousCursor }),
    },
  });
}
