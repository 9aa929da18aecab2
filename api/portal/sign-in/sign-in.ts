import { Router } from 'express';
import type { Services } from '../../services.ts';
import { accountPages } from '../account/account.ts';
import { forgottenPassword } from './forgotten-password.ts';
import { newPasswordPages } from './new-password.ts';
import { leadToOwnSite } from './own-site.ts';
import { signInForm } from './sign-in-form.ts';

/** How portal users get into their portal, and out of it. */
export function portalSignInPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(['/sign-in', '/forgotten-password', '/reset'], leadToOwnSite);
  router.use(signInForm(services), forgottenPassword(services), newPasswordPages(services), accountPages(services));
  return router;
}
