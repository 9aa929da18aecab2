import { Router } from 'express';
import { countPortalUsers } from '../../../db/queries/count-portal-users.ts';
import { findPortalUser } from '../../../db/queries/find-portal-users.ts';
import { lastReplies } from '../../../db/queries/last-replies.ts';
import { Problem } from '../../problem.ts';
import { Id } from '../../schemas/text.ts';
import type { Services } from '../../services.ts';
import { showConsolePage, showFragment } from '../page.ts';
import { presentCount, presentMatching } from '../present-count.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { filterOf, type ListView, listAddress, readListPage, readListView } from './list-view.ts';
import { presentFacets } from './present-facets.ts';
import { presentRow } from './present-row.ts';

const COLUMNS = [
  { title: 'Name', sort: 'name', turned: '-name' },
  { title: 'E-mail', sort: 'email', turned: '-email' },
  { title: 'Confirmation Status' },
  { title: 'Delivery' },
  { title: 'Last sent' },
  { title: 'Link expires' },
  { title: 'Added on', sort: '-createdAt', turned: 'createdAt' },
] as const;

/** The table of Customer Portal Users; parts of it by themselves for the scripts that keep it fresh. */
export function listPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const fork = () => services.database.em.fork();

  router.get(
    '/',
    atPortal(async ({ request, response, portal }) => {
      const view = readListView(request.query);
      const context = await listContext(portal, view);
      if (request.get('HX-Target') === 'list') return showFragment(response, 'users/list', context);
      showConsolePage(request, response, {
        view: 'users/users',
        title: 'Customer Portal Users',
        section: 'users',
        context,
      });
    }),
  );

  router.get(
    '/facets',
    atPortal(async ({ request, response, portal }) => {
      const view = readListView(request.query);
      const counts = await countPortalUsers(fork(), portal.id, filterOf(view));
      showFragment(response, 'users/fresh-counts', {
        facets: presentFacets(portal, view, counts),
        ...facetsAddress(portal, view),
        matching: presentCount(counts.matching),
        isFiltered: isFiltered(view),
      });
    }),
  );

  router.get(
    '/:id/row',
    atPortal(async ({ request, response, portal }) => {
      const id = Id.safeParse(request.params.id).data;
      const user = id === undefined ? null : await findPortalUser(fork(), portal.id, id);
      if (user === null) throw new Problem('not_found'); // also when erased: the script removes the row
      const replies = await lastReplies(fork(), [user.id]);
      const row = { ...presentRow(user, portal, replies.get(user.id)), isChecked: request.query.ids !== undefined };
      showFragment(response, 'users/row', row);
    }),
  );
  return router;

  async function listContext(portal: PortalCall['portal'], view: ListView) {
    const now = Date.now();
    const [page, counts] = await Promise.all([
      readListPage(services, portal, view),
      countPortalUsers(fork(), portal.id, filterOf(view)),
    ]);
    const replies = await lastReplies(
      fork(),
      page.rows.map(({ id }) => id),
    );
    const { cursor, before, ...first } = view;
    return {
      view,
      now,
      fields: Object.entries(first).filter(([name, value]) => name !== 'q' && value !== undefined),
      rows: page.rows.map((user) => presentRow(user, portal, replies.get(user.id))),
      columns: COLUMNS.map((column) => presentColumn(portal, first, column)),
      facets: presentFacets(portal, view, counts),
      ...facetsAddress(portal, view),
      matching: presentMatching(counts.matching, page),
      isFiltered: isFiltered(view),
      everything: listAddress(portal, {}),
      next: page.nextCursor && listAddress(portal, { ...first, cursor: page.nextCursor }),
      previous: page.previousCursor && listAddress(portal, { ...first, before: page.previousCursor }),
    };
  }
}

function isFiltered(view: ListView): boolean {
  return Object.values(filterOf(view)).some((value) => value !== undefined);
}

function facetsAddress(portal: PortalCall['portal'], view: ListView) {
  return { facetsAddress: listAddress(portal, view).replace('/users', '/users/facets') };
}

function presentColumn(portal: PortalCall['portal'], view: Partial<ListView>, column: (typeof COLUMNS)[number]) {
  if (!('sort' in column)) return { title: column.title };
  const isSorted = view.sort === column.sort || view.sort === column.turned;
  const isAscending = isSorted && !view.sort!.startsWith('-');
  return {
    title: column.title,
    href: listAddress(portal, { ...view, sort: view.sort === column.sort ? column.turned : column.sort }),
    ariaSort: isSorted ? (isAscending ? 'ascending' : 'descending') : undefined,
    arrow: isSorted ? (isAscending ? '▲' : '▼') : undefined,
  };
}
