import type { Portal } from '../../../db/entities/index.ts';
import type { PortalUserCounts } from '../../../db/queries/count-portal-users.ts';
import { LINK_EXPIRIES } from '../../../db/queries/portal-user-filter.ts';
import { CONFIRMATION_STATUSES, DELIVERIES } from '../../../workflows/vocabulary.ts';
import { type ListView, listAddress } from './list-view.ts';
import { DELIVERY_LABELS, type Label, LINK_LABELS, STATUS_LABELS } from './names.ts';

const number = new Intl.NumberFormat('en');

/** The filters with how many there are of each value, each a link to the view that it makes. */
export function presentFacets(portal: Portal, view: ListView, counts: PortalUserCounts) {
  function facet<Value extends string>(
    key: 'status' | 'delivery' | 'link',
    title: string,
    values: readonly Value[],
    labels: Record<Value, Label>,
    numbers: Record<Value, number>,
  ) {
    const { cursor, before, ...rest } = view;
    const all = {
      name: 'All',
      href: listAddress(portal, { ...rest, [key]: undefined }),
      isCurrent: view[key] === undefined,
    };
    const options = values
      .filter((value) => numbers[value] > 0 || view[key] === value)
      .map((value) => ({
        name: labels[value].name,
        count: number.format(numbers[value]),
        href: listAddress(portal, { ...rest, [key]: value }),
        isCurrent: view[key] === value,
      }));
    return { title, options: [all, ...options] };
  }
  return [
    facet('status', 'Confirmation Status', CONFIRMATION_STATUSES, STATUS_LABELS, counts.status),
    facet('delivery', 'Delivery', DELIVERIES, DELIVERY_LABELS, counts.delivery),
    facet('link', 'Link', LINK_EXPIRIES, LINK_LABELS, counts.link),
  ];
}
