import { type RequestHandler, Router } from 'express';
import type { Services } from '../../services.ts';
import { invitationPages } from './invitation.ts';
import { newPasswordPages } from './new-password.ts';

/** `/console/sign-in/…`: what links that are mailed to operators open. A GET changes nothing, since mail scanners open links. */
export function mailedLinks(services: Services): Router {
  const router = Router();
  router.use('/sign-in', keepTokenOutOfReferer);
  router.use('/sign-in/invitation', invitationPages(services));
  router.use('/sign-in/new-password', newPasswordPages(services));
  return router;
}

/** The address is a secret: what the page loads is told our origin only. Forms still have their `Origin`, unlike with `no-referrer`. */
const keepTokenOutOfReferer: RequestHandler = (_request, response, next) => {
  response.set('Referrer-Policy', 'strict-origin');
  next();
};
