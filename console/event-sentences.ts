import type { EntityManager } from '../db/database.ts';
import { nameActors, type RecordedEvent } from '../db/events.ts';
import { findContacts } from '../db/queries/contacts.ts';
import type { Actor, EventData, EventType } from '../vocabulary/events.ts';
import { ACTION_NAMES } from './bulk-actions/preview-lines.ts';
import { requestStatusLabel, STATUS_LABELS } from './labels.ts';
import { type Moment, moment } from './moment.ts';
import { settingLabel } from './settings/portal-settings.ts';

/** An event as the partial `timeline` prints it. */
export interface ShownEvent {
  text: string;
  actor: string;
  at: Moment | null;
}

/** The names of what events identify. */
interface Names {
  operator(id: string): string;
  apiKey(id: string): string;
  contact(id: string): string;
}

/** What happened, for each type of event. */
const SENTENCES: { [Type in EventType]: (data: EventData[Type], names: Names) => string } = {
  portal_enabled: () => 'The portal was enabled by its first portal user',
  portal_user_added: ({ email }) => `Added as portal user (${email})`,
  portal_user_changed: (data) => `Corrected: ${describeCorrection(data)}`,
  portal_user_re_invited: ({ generation }) => `Re-invited: link ${generation} replaces every earlier one`,
  invitation_sent: ({ generation, to }) => `Invitation e-mail with link ${generation} sent to ${to}`,
  invitation_reminder_sent: ({ reminder, to }) => `Reminder ${reminder} sent to ${to}`,
  invitation_deferred: ({ to, reply }) => `The mail server did not take the e-mail to ${to} yet: ${reply}`,
  invitation_bounced: ({ to, reply, reason }) =>
    reason === 'gave_up'
      ? `The e-mail to ${to} was given up, as the mail server did not accept it in time${reply ? `: ${reply}` : ''}`
      : `The mail server refused the e-mail to ${to}: ${reply}`,
  invitation_link_expired: ({ generation }) => `Link ${generation} expired`,
  portal_user_confirmed: ({ hasPassword }) => (hasPassword === false ? 'Confirmed' : 'Confirmed, and chose a password'),
  portal_user_password_changed: ({ by }) =>
    by === 'link' ? 'Chose a new password by an e-mailed link' : 'Changed the password',
  portal_user_deactivated: () => 'Deactivated',
  portal_user_reactivated: ({ to }) => `Reactivated: ${STATUS_LABELS[to].name}`,
  request_added: ({ number }) => `Request #${number} was added`,
  request_replied: ({ number }) => `Reply to request #${number}`,
  request_status_changed: ({ number, before, after }) =>
    `Request #${number}: ${requestStatusLabel(before).name} became ${requestStatusLabel(after).name}`,
  signal_ignored: ({ signal }) => `“${signal}” came too late and changed nothing`,
  portal_created: () => 'The portal was created',
  portal_changed: ({ changed }) => `Settings changed: ${changed.map(settingLabel).join(', ')}`,
  operator_added: ({ operatorId, role }, names) => `Operator added: ${names.operator(operatorId)} (${role})`,
  operator_re_invited: ({ operatorId }, names) => `Operator re-invited: ${names.operator(operatorId)}`,
  operator_accepted: ({ operatorId }, names) => `${names.operator(operatorId)} accepted the invitation`,
  operator_changed: (data, names) => describeOperatorChange(data, names),
  operator_removed: ({ operatorId }, names) => `Operator removed: ${names.operator(operatorId)}`,
  api_key_created: ({ name }) => `API key “${name}” created`,
  api_key_revoked: ({ apiKeyId }, names) => `${names.apiKey(apiKeyId)} revoked`,
  bulk_action_requested: ({ action, total }) =>
    `Bulk action requested: ${ACTION_NAMES[action]}${total === null ? '' : `, portal users: ${total}`}`,
  bulk_action_stopped: ({ action }) => `Bulk action stopped: ${ACTION_NAMES[action]}`,
  contact_added: ({ contactId }, names) => `Contact added: ${names.contact(contactId)}`,
};

/** What happened, who did it and when, event by event. */
export async function describeEvents(
  em: EntityManager,
  portalId: string,
  events: RecordedEvent[],
): Promise<ShownEvent[]> {
  const actors = new Set(events.flatMap((event) => [event.actor, ...actorsIn(event)]));
  const actorNames = await nameActors(em, portalId, [...actors]);
  const contactIds = events.flatMap(({ type, data }) => (type === 'contact_added' ? [data.contactId] : []));
  const contacts = contactIds.length === 0 ? [] : await findContacts(em, portalId, contactIds);
  const contactNames = new Map(contacts.map(({ id, name }) => [id, name]));
  const names: Names = {
    operator: (id) => actorNames.get(`operator/${id}`) ?? 'a former operator',
    apiKey: (id) => actorNames.get(`api_key/${id}`) ?? 'An API key',
    contact: (id) => contactNames.get(id) ?? 'a contact who was erased',
  };
  return events.map((event) => ({
    text: sentenceOf(event, names),
    actor: actorNames.get(event.actor) ?? 'somebody who is gone',
    at: moment(event.occurredAt),
  }));
}

/** The operators and API keys that an event is about. */
function actorsIn({ data }: RecordedEvent): Actor[] {
  if ('operatorId' in data) return [`operator/${data.operatorId}`];
  return 'apiKeyId' in data ? [`api_key/${data.apiKeyId}`] : [];
}

/** While a new release is rolled out, it may have recorded an event of a type that this one has no sentence for. */
function sentenceOf({ type, data }: RecordedEvent, names: Names): string {
  const sentence = SENTENCES[type] as ((data: EventData[EventType], names: Names) => string) | undefined;
  return sentence?.(data, names) ?? type.replaceAll('_', ' ');
}

function describeCorrection({ before, after }: EventData['portal_user_changed']): string {
  return (['name', 'email'] as const)
    .filter((field) => before[field] !== undefined)
    .map((field) => `${field === 'email' ? 'e-mail' : field} from ${before[field]} to ${after[field]}`)
    .join(', ');
}

function describeOperatorChange(data: EventData['operator_changed'], names: Names): string {
  const name = names.operator(data.operatorId);
  if ('before' in data) return `The role of ${name} changed from ${data.before} to ${data.after}`;
  return `${name} changed their ${data.changed.join(' and ')}${data.by === 'link' ? ' by an e-mailed link' : ''}`;
}
