import { Router } from 'express';
import { z } from 'zod';
import { listRequests } from '../../db/queries/list-requests.ts';
import { pageQuery } from '../../schemas/contact.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../../vocabulary/statuses.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { type AsSignedIn, asPortalUser, type PortalUserCall } from '../require-signed-in.ts';
import { phrase, portalMoment, showPage } from '../show-page.ts';
import { askToSignIn } from '../sign-in/ask-to-sign-in.ts';
import { newRequestPages } from './new-request.ts';
import { replyForm, statusForms } from './reply-form.ts';
import { attachmentDownload, requestPage } from './request-page.ts';

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
    '/requests', // the address of a request, shortened by hand
    signedIn(({ request, response, portal }) => {
      const { search } = new URL(request.originalUrl, services.publicUrl);
      response.redirect(303, `/p/${portal.slug}${search}`);
    }),
  );

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

/** A portal user's own requests: the list, a new one, and each with its replies. */
export function requestPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const signedIn = asPortalUser(services, askToSignIn);
  const parts = [requestList, newRequestPages, requestPage, replyForm, statusForms, attachmentDownload];
  router.use(...parts.map((part) => part(services, signedIn)));
  return router;
}
