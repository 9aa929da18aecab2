import { Router } from 'express';
import type { Portal } from '../../db/entities/index.ts';
import { countPortalUsers } from '../../db/queries/count-portal-users.ts';
import { lastReplies } from '../../db/queries/list-emails.ts';
import { findPortalUser, type PortalUserSort } from '../../db/queries/list-portal-users.ts';
import { Id } from '../../schemas/text.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import type { Services } from '../../web/services.ts';
import type { SortLink } from '../column.ts';
import { formatCount, formatMatchingCount } from '../counts.ts';
import { atPortal } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { emailPage } from './email-page.ts';
import {
  filterOf,
  type ListView,
  listAddress,
  portalUserFilterLinks,
  portalUserRow,
  readListPage,
  readListView,
} from './list-view.ts';
import { userActions } from './user-actions.ts';
import { userPage } from './user-page.ts';

/** Customer Portal Users: the table, and each user's page. */
export function portalUserPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(listPages(services), userPage(services), userActions(services), emailPage(services));
  return router;
}

/** The table of Customer Portal Users; parts of it by themselves for the scripts that keep it fresh. */
function listPages(services: Services): Router {
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
        facets: portalUserFilterLinks(portal, view, counts),
        ...facetsAddress(portal, view),
        matching: formatCount(counts.matching),
        isFiltered: isFiltered(view),
      });
    }),
  );

  router.get(
    '/:id/row',
    atPortal(async ({ request, response, portal }) => {
      const id = Id.safeParse(request.params.id).data;
      const user = id === undefined ? null : await findPortalUser(fork(), portal.id, id);
      if (user === null) throw new Refusal('not_found'); // also when erased: the script removes the row
      const replies = await lastReplies(fork(), [user.id]);
      const row = { ...portalUserRow(user, portal, replies.get(user.id)), isChecked: request.query.ids !== undefined };
      showFragment(response, 'users/row', row);
    }),
  );
  return router;

  async function listContext(portal: Portal, view: ListView) {
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
      rows: page.rows.map((user) => portalUserRow(user, portal, replies.get(user.id))),
      sortLinks: sortLinks(portal, first),
      facets: portalUserFilterLinks(portal, view, counts),
      ...facetsAddress(portal, view),
      matching: formatMatchingCount(counts.matching, page),
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

function facetsAddress(portal: Portal, view: ListView) {
  return { facetsAddress: listAddress(portal, view).replace('/users', '/users/facets') };
}

/** By what the list is sorted, and the other way round: the keys of `sort` in columns.hbs. */
const SORTS = {
  name: ['name', '-name'],
  email: ['email', '-email'],
  createdAt: ['-createdAt', 'createdAt'],
} as const satisfies Record<string, [PortalUserSort, PortalUserSort]>;

function sortLinks(portal: Portal, view: Partial<ListView>): Record<keyof typeof SORTS, SortLink> {
  const link = ([first, turned]: (typeof SORTS)[keyof typeof SORTS]): SortLink => {
    const isSorted = view.sort === first || view.sort === turned;
    return {
      href: listAddress(portal, { ...view, sort: view.sort === first ? turned : first }),
      ariaSort: isSorted ? (view.sort!.startsWith('-') ? 'descending' : 'ascending') : undefined,
    };
  };
  return { name: link(SORTS.name), email: link(SORTS.email), createdAt: link(SORTS.createdAt) };
}
