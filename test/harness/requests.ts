import { addReply } from '../../commands/requests/add-reply.ts';
import { addRequest } from '../../commands/requests/add-request.ts';
import { changeRequestStatus } from '../../commands/requests/change-request-status.ts';
import { inTransaction } from '../../commands/transaction.ts';
import type { Database } from '../../db/database.ts';
import { type PortalRequest, type PortalUser, RequestEmail } from '../../db/entities/index.ts';
import type { Actor } from '../../vocabulary/events.ts';
import type { RequestStatus } from '../../vocabulary/statuses.ts';
import type { Services } from '../../web/services.ts';

/** A request of a portal user, as they would add it. */
export async function insertRequest(
  database: Database,
  user: PortalUser,
  { subject = 'The printer is on fire', description = 'It burns.\nWhat now?' } = {},
): Promise<PortalRequest> {
  return inTransaction(database, (unit) => addRequest(unit, user, { subject, description }, 'portal_user'));
}

/** What the help desk does with requests, by the commands that pages and API use. */
export function helpDesk(services: Pick<Services, 'database' | 'publicUrl' | 'requestEmails' | 'logger'>) {
  const { database } = services;
  const actor: Actor = 'administrator';
  return {
    reply: (
      request: PortalRequest,
      text: string,
      { status, by = actor }: { status?: RequestStatus; by?: Actor } = {},
    ) => inTransaction(database, (unit) => addReply(unit, services as Services, request, { text, status }, by)),
    changeStatus: (request: PortalRequest, status: RequestStatus) =>
      inTransaction(database, (unit) => changeRequestStatus(unit, services as Services, request, status, actor)),
    /** The e-mails about a request, oldest first. */
    emails: (request: PortalRequest) =>
      database.em.fork().find(RequestEmail, { request: request.id }, { orderBy: { queuedAt: 'asc' } }),
  };
}
