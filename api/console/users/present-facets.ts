import type { Portal } from '../../../db/entities/index.ts';
import type { Count } from '../../../db/queries/bounded-count.ts';
import type { PortalUserCounts } from '../../../db/queries/count-portal-users.ts';
import { presentFacet } from '../present-facet.ts';
import { type ListView, listAddress } from './list-view.ts';
import { DELIVERY_LABELS, type Label, LINK_LABELS, STATUS_LABELS } from './names.ts';

/** The filters with how many there are of each value, each a link to the view that it makes. */
export function presentFacets(portal: Portal, view: ListView, counts: PortalUserCounts) {
  const { cursor, before, ...rest } = view;
  const facet = <Value extends string>(
    key: 'status' | 'delivery' | 'link',
    title: string,
    labels: Record<Value, Label>,
    numbers: Record<Value, Count>,
  ) =>
    presentFacet({
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
