import { REQUEST_STATUSES, type RequestStatus } from '../../../workflows/vocabulary.ts';
import { REQUEST_STATUS_LABELS } from './status-labels.ts';

const VERBS: Record<RequestStatus, string> = { open: 'Reopen', on_hold: 'Put on hold', closed: 'Close' };

/** A button for each status that the request does not have. */
export function statusButtons(current: RequestStatus) {
  return REQUEST_STATUSES.filter((value) => value !== current).map((value) => ({ value, text: VERBS[value] }));
}

/** What a reply may set the request to: the options of the partial `choice`. @param chosen as it was typed before */
export function afterReplyOptions(current: RequestStatus, chosen = '') {
  const others = REQUEST_STATUSES.filter((value) => value !== current);
  return [
    { value: '', text: `Leave it ${REQUEST_STATUS_LABELS[current].name}`, isChosen: chosen === '' },
    ...others.map((value) => ({ value, text: REQUEST_STATUS_LABELS[value].name, isChosen: value === chosen })),
  ];
}
