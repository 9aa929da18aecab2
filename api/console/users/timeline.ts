import type { EntityManager } from '../../../db/database.ts';
import type { Event } from '../../../db/entities/index.ts';
import { newestEvents } from '../../../db/queries/list-events.ts';
import { nameActors } from '../../../db/queries/name-actors.ts';
import type { EventType, RequestStatus } from '../../../workflows/vocabulary.ts';
import { moment } from '../moment.ts';
import { requestStatusLabel } from '../requests/status-labels.ts';
import { STATUS_LABELS } from './names.ts';

/** More happens to nobody whose timeline is still read as a whole. */
const MOST_EVENTS = 200;

type Data = Record<string, unknown>;

/** What happened to a portal user, in the words of the console; of what only concerns a portal there is nothing here. */
const SENTENCES: Partial<Record<EventType, (data: Data) => string>> = {
  portal_enabled: () => 'The portal was enabled by its first portal user',
  portal_user_added: ({ email }) => `Added as portal user (${email})`,
  portal_user_changed: ({ before, after }) => `Corrected: ${changes(before as Data, after as Data)}`,
  portal_user_re_invited: ({ generation }) => `Re-invited: link ${generation} replaces every earlier one`,
  invitation_sent: ({ generation, to }) => `Invitation e-mail with link ${generation} sent to ${to}`,
  invitation_reminder_sent: ({ reminder, to }) => `Reminder ${reminder} sent to ${to}`,
  invitation_deferred: ({ to, reply }) => `The mail server did not take the e-mail to ${to} yet: ${reply}`,
  invitation_bounced: ({ to, reply, reason }) =>
    reason === 'gave_up' ? gaveUp(to, reply) : `The mail server refused the e-mail to ${to}: ${reply}`,
  invitation_link_expired: ({ generation }) => `Link ${generation} expired`,
  portal_user_confirmed: ({ hasPassword }) => (hasPassword === false ? 'Confirmed' : 'Confirmed, and chose a password'),
  portal_user_password_changed: ({ by }) =>
    by === 'link' ? 'Chose a new password by an e-mailed link' : 'Changed the password',
  portal_user_deactivated: () => 'Deactivated',
  portal_user_reactivated: ({ to }) => `Reactivated: ${STATUS_LABELS[to as keyof typeof STATUS_LABELS]?.name}`,
  request_added: ({ number }) => `Request #${number} was added`,
  request_replied: ({ number }) => `Reply to request #${number}`,
  request_status_changed: ({ number, before, after }) =>
    `Request #${number}: ${requestStatus(before)} became ${requestStatus(after)}`,
  signal_ignored: ({ signal }) => `“${signal}” came too late and changed nothing`,
};

/** A portal user's timeline, newest first, with who did what. */
export async function readTimeline(em: EntityManager, portalId: string, portalUserId: string) {
  const events = await newestEvents(em, portalUserId, MOST_EVENTS);
  const names = await nameActors(em, portalId, [...new Set(events.map(({ actor }) => actor))]);
  return events.map((event) => ({
    text: sentence(event),
    actor: names.get(event.actor) ?? 'somebody who is gone',
    at: moment(event.occurredAt),
  }));
}

function sentence({ type, data }: Event): string {
  return SENTENCES[type]?.(data) ?? type.replaceAll('_', ' ');
}

/** @param reply the mail server's last one; absent where it gave none */
function gaveUp(to: unknown, reply: unknown): string {
  return `The e-mail to ${to} was given up, as the mail server did not accept it in time${reply ? `: ${reply}` : ''}`;
}

function requestStatus(status: unknown): string {
  return requestStatusLabel(status as RequestStatus).name;
}

function changes(before: Data, after: Data): string {
  return Object.entries(before)
    .map(([field, value]) => `${field === 'email' ? 'e-mail' : field} from ${value} to ${after[field]}`)
    .join(', ');
}
