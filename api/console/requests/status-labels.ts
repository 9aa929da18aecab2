import type { RequestStatus } from '../../../workflows/vocabulary.ts';
import type { Label } from '../users/names.ts';

/** How the console calls where a request stands, in the order in which it asks for attention. */
export const REQUEST_STATUS_LABELS: Record<RequestStatus, Label> = {
  open: { name: 'Open', tone: 'wait' },
  on_hold: { name: 'On Hold', tone: 'quiet' },
  closed: { name: 'Closed', tone: 'good' },
};

export function requestStatusLabel(status: RequestStatus): Label {
  return REQUEST_STATUS_LABELS[status];
}
