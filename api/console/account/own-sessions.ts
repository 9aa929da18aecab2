import { type Request, Router } from 'express';
import { listSessions } from '../../../db/queries/list-sessions.ts';
import { endOwnSession } from '../../commands/end-own-session.ts';
import { describeBrowser } from '../../describe-browser.ts';
import { flash } from '../../flash.ts';
import type { Services } from '../../services.ts';
import { signOutElsewhere } from '../../sessions.ts';
import { moment } from '../moment.ts';
import type { SignedIn } from '../signed-in.ts';

const ACCOUNT = '/console/account';

/** `/console/account/sessions` and `/sign-out-everywhere`: an operator ends their own sessions. */
export function ownSessions(services: Services): Router {
  const router = Router();

  router.post('/sessions/:id/end', async (request, response) => {
    const { operator } = response.locals as unknown as SignedIn;
    await endOwnSession(services.database.em.fork(), { operatorId: operator.id }, request.params.id);
    flash(request, 'done', 'The session was ended.');
    response.redirect(303, ACCOUNT);
  });

  router.post('/sign-out-everywhere', async (request, response) => {
    if (await signOutElsewhere(request, services)) flash(request, 'done', 'You are signed out everywhere but here.');
    response.redirect(303, ACCOUNT);
  });
  return router;
}

/** For the account page: where the operator is signed in. */
export async function presentSessions({ database }: Services, request: Request, operatorId: string) {
  const sessions = await listSessions(database.em.fork(), { operatorId });
  return sessions.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
    id,
    name: nameOf(userAgent),
    isThis: id === request.session.rowId,
    since: moment(createdAt),
    lastUsed: moment(lastUsedAt),
  }));
}

function nameOf(userAgent: string | null): string {
  const { browser, system } = describeBrowser(userAgent);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown browser';
}
