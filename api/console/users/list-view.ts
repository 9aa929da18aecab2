import { z } from 'zod';
import type { Portal, PortalUser } from '../../../db/entities/index.ts';
import { listPortalUsers } from '../../../db/queries/list-portal-users.ts';
import type { PortalUserFilter } from '../../../db/queries/portal-user-filter.ts';
import type { Page } from '../../../db/queries/read-page.ts';
import { PortalUsersQuery } from '../../schemas/portal-user.ts';
import { sealedPage } from '../../sealed-page.ts';
import type { Services } from '../../services.ts';
import { readForm } from '../read-form.ts';
import { filledFields, viewAddress } from '../view-address.ts';

const ROWS = 50;

const Query = z.object({ ...PortalUsersQuery.omit({ limit: true }).shape, before: PortalUsersQuery.shape.cursor });
/** What the list shows, all of it in its address: which filter, in which order, which page. */
export type ListView = z.output<typeof Query>;

/** The view that an address or a form asks for; what is left empty is not asked for. @throws Problem `invalid_request` */
export function readListView(fields: Record<string, unknown>): ListView {
  return readForm(Query, filledFields(fields));
}

/** The address of a view. */
export function listAddress(portal: Portal, view: Partial<ListView>): string {
  const { sort, ...rest } = view;
  return viewAddress(`/console/${portal.slug}/users`, { ...rest, sort: sort === '-createdAt' ? undefined : sort });
}

export function filterOf({ status, delivery, link, q }: ListView): PortalUserFilter {
  return { status, delivery, link, q };
}

/** The rows of a view. @throws Problem `invalid_request` for a page that is not one of this list */
export async function readListPage(services: Services, portal: Portal, view: ListView): Promise<Page<PortalUser>> {
  const { cursor, before, sort } = view;
  const list = `${portal.id}/users/${sort}`;
  return sealedPage(services, list, { limit: ROWS, cursor, before }, (page) =>
    listPortalUsers(services.database.em.fork(), portal.id, filterOf(view), sort, page),
  );
}
