import { z } from 'zod';
import type { Portal, PortalUser } from '../../db/entities/index.ts';
import type { Count } from '../../db/queries/bounded-count.ts';
import type { PortalUserCounts } from '../../db/queries/count-portal-users.ts';
import { listPortalUsers } from '../../db/queries/list-portal-users.ts';
import type { Page } from '../../db/queries/read-page.ts';
import { PortalUsersQuery } from '../../schemas/portal-user.ts';
import type { PortalUserFilter } from '../../vocabulary/portal-users.ts';
import { sealedPage } from '../../web/sealed-cursors.ts';
import type { Services } from '../../web/services.ts';
import { listFilterLinks } from '../counts.ts';
import {
  DELIVERY_LABELS,
  deliveryLabel,
  LINK_LABELS,
  STATUS_LABELS,
  type StatusLabel,
  statusLabel,
} from '../labels.ts';
import { moment } from '../moment.ts';
import { filledFields, readForm, viewAddress } from '../read-form.ts';

const ROWS = 50;

const Query = z.object({ ...PortalUsersQuery.omit({ limit: true }).shape, before: PortalUsersQuery.shape.cursor });
/** What the list shows, all of it in its address: which filter, in which order, which page. */
export type ListView = z.output<typeof Query>;

/** The view that an address or a form asks for; what is left empty is not asked for. @throws Refusal `invalid_request` */
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

/** The rows of a view. @throws Refusal `invalid_request` for a page that is not one of this list */
export async function readListPage(services: Services, portal: Portal, view: ListView): Promise<Page<PortalUser>> {
  const { cursor, before, sort } = view;
  const list = `${portal.id}/users/${sort}`;
  return sealedPage(services, list, { limit: ROWS, cursor, before }, (page) =>
    listPortalUsers(services.database.em.fork(), portal.id, filterOf(view), sort, page),
  );
}

/** The filters with how many there are of each value, each a link to the view that it makes. */
export function portalUserFilterLinks(portal: Portal, view: ListView, counts: PortalUserCounts) {
  const { cursor, before, ...rest } = view;
  const facet = <Value extends string>(
    key: 'status' | 'delivery' | 'link',
    title: string,
    labels: Record<Value, StatusLabel>,
    numbers: Record<Value, Count>,
  ) =>
    listFilterLinks({
      title,
      labels,
      counts: numbers,
      current: view[key] as Value | undefined,
      addressOf: (value) => listAddress(portal, { ...rest, [key]: value }),
    });
  return [
    facet('status', 'Confirmation Status', STATUS_LABELS, counts.status),
    facet('delivery', 'Delivery', DELIVERY_LABELS, counts.delivery),
    facet('link', 'Link', LINK_LABELS, counts.link),
  ];
}

/** A row of the table, as its template prints it. The user's contact must be loaded. @param reply the mail server's words where the newest e-mail was not accepted */
export function portalUserRow(user: PortalUser, portal: Portal, reply: string | undefined) {
  const { email, name } = user.contact.getEntity();
  const waits = user.confirmationStatus === 'not_confirmed';
  return {
    id: user.id,
    portalSlug: portal.slug,
    name,
    email,
    status: statusLabel(user.confirmationStatus),
    delivery: deliveryLabel(user.delivery),
    reply: user.delivery === 'bounced' || user.delivery === 'deferred' ? reply : undefined,
    lastSent: moment(user.lastSentAt),
    emailsSent: user.emailsSent,
    linkExpires: waits ? moment(user.linkExpiresAt) : null,
    isLinkExpired: user.linkExpiry === 'expired',
    added: moment(user.createdAt),
  };
}
