import { type Request, type Response, Router } from 'express';
import { changeOperatorName } from '../../commands/operators/change-operator.ts';
import { changeOperatorPassword } from '../../commands/passwords/operator-password.ts';
import { endOwnSession } from '../../commands/sign-in/end-sessions.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { listSessions } from '../../db/queries/sessions.ts';
import { OwnName, OwnPassword } from '../../schemas/operator.ts';
import { beginSession, signOutElsewhere } from '../../web/begin-session.ts';
import { describeBrowser } from '../../web/describe-browser.ts';
import { flash } from '../../web/flash.ts';
import { typedFields } from '../../web/form-fields.ts';
import { signInOrigin } from '../../web/known-device.ts';
import type { Services } from '../../web/services.ts';
import { PASSWORD_HINT } from '../labels.ts';
import { moment } from '../moment.ts';
import { type FormErrors, formErrors, readForm } from '../read-form.ts';
import type { SignedIn } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';

const ACCOUNT = '/console/account';

/** `/console/account`: what operators see and change of themselves. */
export function accountPages(services: Services): Router {
  const router = Router();
  const { database } = services;

  router.get('/', (request, response) => showAccount(services, request, response));

  router.post('/name', async (request, response) => {
    const { operator } = response.locals as unknown as SignedIn;
    try {
      const { name } = readForm(OwnName, request.body);
      await inTransaction(database, (unit) => changeOperatorName(unit, operator.id, name));
    } catch (error) {
      return showAccount(services, request, response, {
        errors: formErrors(error),
        ...typedFields(request.body, ['name']),
      });
    }
    await flash(request, 'done', 'Your name was changed.');
    response.redirect(303, ACCOUNT);
  });

  router.post('/password', async (request, response) => {
    const { operator, portals } = response.locals as unknown as SignedIn;
    let passwordHash: string;
    try {
      const names = portals.flatMap(({ portal, name }) => [name, portal.name]);
      const origin = signInOrigin(request, services, 'console', operator.emailKey);
      const typed = readForm(OwnPassword, request.body);
      passwordHash = await changeOperatorPassword(services, operator, names, origin, typed);
    } catch (error) {
      return showAccount(services, request, response, {
        errors: formErrors(error, { too_many_attempts: 'currentPassword' }),
      });
    }
    if (await beginSession(request, services, { operatorId: operator.id, passwordHash })) {
      await flash(request, 'done', 'Your password was changed. You are signed out everywhere else.');
    }
    response.redirect(303, ACCOUNT);
  });

  router.use(ownSessionForms(services));
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

/** `/console/account/sessions` and `/sign-out-everywhere`: an operator ends their own sessions. */
function ownSessionForms(services: Services): Router {
  const router = Router();

  router.post('/sessions/:id/end', async (request, response) => {
    const { operator } = response.locals as unknown as SignedIn;
    await endOwnSession(services.database.em.fork(), { operatorId: operator.id }, request.params.id);
    await flash(request, 'done', 'The session was ended.');
    response.redirect(303, ACCOUNT);
  });

  router.post('/sign-out-everywhere', async (request, response) => {
    if (await signOutElsewhere(request, services))
      await flash(request, 'done', 'You are signed out everywhere but here.');
    response.redirect(303, ACCOUNT);
  });
  return router;
}

/** For the account page: where the operator is signed in. */
async function presentSessions({ database }: Services, request: Request, operatorId: string) {
  const sessions = await listSessions(database.em.fork(), { operatorId });
  return sessions.map(({ id, userAgent, createdAt, lastUsedAt }) => ({
    id,
    name: nameOf(userAgent),
    isThis: id === request.session.row?.id,
    since: moment(createdAt),
    lastUsed: moment(lastUsedAt),
  }));
}

function nameOf(userAgent: string | null): string {
  const { browser, system } = describeBrowser(userAgent);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? 'Unknown browser';
}
