import { type Request, type Response, Router } from 'express';
import { changeOwnName } from '../../commands/change-own-name.ts';
import { changeOwnPassword } from '../../commands/change-own-password.ts';
import { flash } from '../../flash.ts';
import { PASSWORD_HINT } from '../../password.ts';
import { OwnName, OwnPassword } from '../../schemas/operator.ts';
import type { Services } from '../../services.ts';
import { beginSession } from '../../sessions.ts';
import { signInLimits } from '../../sign-in/sign-in-limits.ts';
import { typedFields } from '../../typed-fields.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import type { SignedIn } from '../signed-in.ts';
import { ownSessions, presentSessions } from './own-sessions.ts';

const ACCOUNT = '/console/account';

/** `/console/account`: what operators see and change of themselves. */
export function accountPages(services: Services): Router {
  const router = Router();
  const { database } = services;
  const limits = signInLimits(services, 'console');

  router.get('/', (request, response) => showAccount(services, request, response));

  router.post('/name', async (request, response) => {
    const { operator } = response.locals as unknown as SignedIn;
    try {
      const { name } = readForm(OwnName, request.body);
      await inTransaction(database, (unit) => changeOwnName(unit, operator.id, name));
    } catch (error) {
      return showAccount(services, request, response, {
        errors: formErrors(error),
        ...typedFields(request.body, ['name']),
      });
    }
    flash(request, 'done', 'Your name was changed.');
    response.redirect(303, ACCOUNT);
  });

  router.post('/password', async (request, response) => {
    const { operator, portals } = response.locals as unknown as SignedIn;
    let passwordHash: string;
    try {
      passwordHash = await changeOwnPassword(services, operator, readForm(OwnPassword, request.body), {
        ownWords: portals.flatMap(({ portal, name }) => [name, portal.name]),
        // Somebody else at this browser may guess at the password here as little as at the sign-in.
        attempt: (check) => limits.attempt(request, operator.emailKey, check),
      });
    } catch (error) {
      return showAccount(services, request, response, {
        errors: formErrors(error, { too_many_attempts: 'currentPassword' }),
      });
    }
    if (await beginSession(request, services, { operatorId: operator.id, passwordHash })) {
      flash(request, 'done', 'Your password was changed. You are signed out everywhere else.');
    }
    response.redirect(303, ACCOUNT);
  });

  router.use(ownSessions(services));
  return router;
}

async function showAccount(
  services: Services,
  request: Request,
  response: Response,
  refused: { errors?: FormErrors; name?: string } = {},
): Promise<void> {
  const { operator, name, portals } = response.locals as unknown as SignedIn;
  showConsolePage(request, response, {
    view: 'account/account',
    title: 'Your account',
    section: 'account',
    status: refused.errors === undefined ? 200 : 422,
    context: {
      email: operator.email,
      name: refused.name ?? name,
      memberships: portals.map(({ portal, role }) => ({ name: portal.name, slug: portal.slug, role })),
      passwordHint: PASSWORD_HINT,
      sessions: await presentSessions(services, request, operator.id),
      errors: refused.errors,
    },
  });
}
