import { addReply } from '../../api/commands/add-reply.ts';
import { addRequest } from '../../api/commands/add-request.ts';
import { changeRequestStatus } from '../../api/commands/change-request-status.ts';
import type { Services } from '../../api/services.ts';
import { inTransaction } from '../../api/unit-of-work.ts';
import type { Database } from '../../db/database.ts';
import { type PortalUser, type Request, RequestEmail } from '../../db/entities/index.ts';
import type { Actor, RequestStatus } from '../../workflows/vocabulary.ts';

/** A request of a portal user, as they would add it. */
export async function insertRequest(
  database: Database,
  user: PortalUser,
  { subject = 'The printer is on fire', description = 'It burns.\nWhat now?' } = {},
): Promise<Request> {
  return inTransaction(database, (unit) => addRequest(unit, user, { subject, description }, 'portal_user'));
}

/** What the help desk does with requests, by the commands that pages and API use. */
export function helpDesk(services: Pick<Services, 'database' | 'publicUrl' | 'requestEmails' | 'logger'>) {
  const { database } = services;
  const actor: Actor = 'administrator';
  return {
    reply: (request: Request, text: string, { status, by = actor }: { status?: RequestStatus; by?: Actor } = {}) =>
      inTransaction(database, (unit) => addReply(unit, services as Services, request, { text, status }, by)),
    changeStatus: (request: Request, status: RequestStatus) =>
      inTransaction(database, (unit) => changeRequestStatus(unit, services as Services, request, status, actor)),
    /** The e-mails about a request, oldest first. */
    emails: (request: Request) =>
      database.em.fork().find(RequestEmail, { request: request.id }, { orderBy: { queuedAt: 'asc' } }),
  };
}
