import type { Request, RequestHandler, Response } from 'express';
import type { Contact, Portal, PortalUser } from '../db/entities/index.ts';
import { findAuthorizedUser } from '../db/queries/authorization.ts';
import { type Language, languageAt } from '../vocabulary/languages.ts';
import type { Services } from '../web/services.ts';
import { endSession } from '../web/sessions.ts';

/** What every page of a portal knows. */
export interface PortalLocals {
  portal: Portal;
  /** Of the portal user who is signed in, else of the browser. */
  language: Language;
}

/** A request of a signed-in portal user. */
export interface PortalUserCall extends PortalLocals {
  request: Request;
  response: Response;
  portalUser: PortalUser;
  contact: Contact;
}

/** Asks to sign in, whoever is not; keeps what was typed. */
export type AskToSignIn = (services: Services, request: Request, response: Response) => void;

/**
 * Makes handlers of pages for signed-in portal users of the portal at hand. Who was deactivated is signed out with the next
 * request, since each one looks at the row.
 */
export function asPortalUser(services: Services, askToSignIn: AskToSignIn) {
  return (handle: (call: PortalUserCall) => Promise<unknown> | unknown): RequestHandler =>
    async (request, response) => {
      const { portal } = response.locals as PortalLocals;
      const portalUser = await findSignedIn(services, request, portal);
      if (portalUser === null) {
        if (request.session.portalUserId !== undefined) await endSession(request);
        return askToSignIn(services, request, response);
      }
      const language = languageAt(portal, portalUser.locale);
      Object.assign(response.locals, { portalUser, language });
      await handle({ request, response, portal, language, portalUser, contact: portalUser.contact.getEntity() });
    };
}

/** As {@link asPortalUser} makes it. */
export type AsSignedIn = ReturnType<typeof asPortalUser>;

/** Who is signed in at this portal and may be there; null: nobody, as at a portal whose customers have a site of their own. */
export async function findSignedIn(
  { database }: Services,
  { session }: Request,
  portal: Portal,
): Promise<PortalUser | null> {
  if (session.portalUserId === undefined) return null;
  return findAuthorizedUser(database.em.fork(), portal, { id: session.portalUserId }, ['contact']);
}
