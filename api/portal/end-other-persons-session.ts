import type { Request, Response } from 'express';
import type { LinkHolder } from '../commands/open-confirmation-link.ts';
import type { Services } from '../services.ts';
import { endSessionUnlessOf, sessions } from '../sessions.ts';

/**
 * After a portal user has confirmed: ends the session of another person who is signed in at this portal in this browser. The pages
 * of this response say so. The link's address is outside of the portal's own, so the session is read here.
 */
export async function endOtherPersonsSession(
  services: Services,
  request: Request,
  response: Response,
  { user, portal }: LinkHolder,
): Promise<void> {
  const readSession = sessions(services, `portal_${portal.slug}`);
  await new Promise<void>((resolve, reject) =>
    readSession(request, response, (error?: unknown) => (error ? reject(error) : resolve())),
  );
  response.locals.otherSessionEnded = await endSessionUnlessOf(request, user.id);
}
