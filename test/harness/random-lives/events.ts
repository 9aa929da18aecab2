import type { EventType } from '../../../vocabulary/events.ts';
import type { ConfirmationStatus } from '../../../vocabulary/statuses.ts';

type Kind = 'administrator' | 'api_key' | 'portal_user' | 'temporal';

/** An event as the timelines are compared: its type, what its data says, and the kind of its actor. */
export function eventLine(type: EventType, about: string | number, actor: Kind): string {
  return `${type}${about === '' ? '' : ` ${about}`} by ${actor}`;
}

/** The one table of the events that each change is to leave, in their order. */
export const EVENTS = {
  portalCreated: () => [
    eventLine('portal_created', '', 'administrator'),
    eventLine('api_key_created', '', 'administrator'),
  ],
  portalChanged: () => [eventLine('portal_changed', '', 'administrator')],
  added: ({ enables }: { enables: boolean }) => [
    eventLine('portal_user_added', '', 'api_key'),
    ...(enables ? [eventLine('portal_enabled', '', 'api_key')] : []),
  ],
  sent: (generation: number) => [eventLine('invitation_sent', generation, 'temporal')],
  reInvited: (generation: number, by: Kind) => [eventLine('portal_user_re_invited', generation, by)],
  readdressed: (generation: number) => [
    eventLine('portal_user_changed', generation, 'api_key'),
    eventLine('portal_user_re_invited', generation, 'api_key'),
  ],
  changed: () => [eventLine('portal_user_changed', '', 'api_key')],
  confirmed: (generation: number) => [eventLine('portal_user_confirmed', generation, 'portal_user')],
  deactivated: (before: ConfirmationStatus) => [eventLine('portal_user_deactivated', before, 'api_key')],
  /** @param generation of the new link, where there is one */
  reactivated: (to: ConfirmationStatus, generation?: number) =>
    generation === undefined
      ? [eventLine('portal_user_reactivated', to, 'api_key')]
      : [
          eventLine('portal_user_reactivated', generation, 'api_key'),
          eventLine('portal_user_re_invited', generation, 'api_key'),
        ],
};
