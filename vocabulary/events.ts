import type { BulkActionName } from './portal-users.ts';
import type { ConfirmationStatus, OperatorRole, RequestStatus } from './statuses.ts';

type NoData = Record<never, never>;

/** An invitation e-mail; `reminder` is 0 for the first e-mail of a link. */
interface EmailData {
  generation: number;
  reminder: number;
  to: string;
}

interface RequestData {
  requestId: string;
  /** The number that people see. */
  number: number;
}

/** The values that a correction changed. */
interface CorrectedFields {
  name?: string | undefined;
  email?: string | undefined;
}

/** The types of events about a portal user, each with the type of its data. */
interface PortalUserEventData {
  /** About the portal; on the timeline of its first portal user. */
  portal_enabled: NoData;
  portal_user_added: { email: string };
  /** `generation`: of the new link that a new address got. Absent for other corrections, and in rows of earlier releases. */
  portal_user_changed: { before: CorrectedFields; after: CorrectedFields; generation?: number };
  portal_user_re_invited: { generation: number };
  invitation_sent: EmailData;
  invitation_reminder_sent: EmailData;
  invitation_deferred: EmailData & { reply: string };
  /** `reason`: present if the mail server never refused the e-mail. Earlier releases did not give up. */
  invitation_bounced: EmailData & { reply?: string; reason?: 'gave_up' };
  invitation_link_expired: { generation: number };
  /** `hasPassword`: only false is recorded; the first release had no portal users without a password. */
  portal_user_confirmed: { generation: number; hasPassword?: false };
  portal_user_deactivated: { before: ConfirmationStatus };
  /** `generation`: of the new link. Absent for a user who is Confirmed again, and in rows of earlier releases. */
  portal_user_reactivated: { to: ConfirmationStatus; generation?: number };
  portal_user_password_changed: { by: 'link' | 'account' };
  request_added: RequestData;
  request_replied: RequestData;
  request_status_changed: RequestData & { before: RequestStatus; after: RequestStatus };
  /** `signal`: as it was sent, perhaps by hand. */
  signal_ignored: { signal: string; generation: number };
}

/** The types of events about a portal, each with the type of its data. */
interface PortalEventData {
  portal_created: NoData;
  /** Names of settings, also of settings that only earlier releases had, or `logo`. */
  portal_changed: { changed: string[] };
  operator_added: { operatorId: string; role: OperatorRole };
  operator_re_invited: { operatorId: string; generation: number };
  operator_accepted: { operatorId: string };
  /** A role that an owner changed, or what an operator changed about themselves. */
  operator_changed:
    | { operatorId: string; before: OperatorRole; after: OperatorRole }
    | { operatorId: string; changed: ('name' | 'password')[]; by?: 'link' };
  operator_removed: { operatorId: string };
  api_key_created: { apiKeyId: string; name: string };
  api_key_revoked: { apiKeyId: string };
  /** `total`: null if it was not counted. */
  bulk_action_requested: { bulkActionId: string; action: BulkActionName; total: number | null };
  bulk_action_stopped: { bulkActionId: string; action: BulkActionName };
  contact_added: { contactId: string };
}

/**
 * Everything that an event can say: past-tense audit rows. A field that some rows lack is optional. A new type of event is added
 * here and to the sentences of the console.
 */
export interface EventData extends PortalUserEventData, PortalEventData {}

export type EventType = keyof EventData;
export type PortalUserEventType = keyof PortalUserEventData;
export type PortalEventType = keyof PortalEventData;

/** A type of event and its data, which belong together. */
export type TypedEvent<Type extends EventType = EventType> = { [T in Type]: { type: T; data: EventData[T] } }[Type];

/**
 * Who acted: `operator/<id>` (console), `api_key/<id>`, `administrator` (ADMIN_API_KEY), `portal_user` (by a link),
 * `temporal` (UI, CLI, timers).
 */
export type Actor = `operator/${string}` | `api_key/${string}` | 'administrator' | 'portal_user' | 'temporal';
