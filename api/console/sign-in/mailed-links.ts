import { Router } from 'express';
import type { Services } from '../../services.ts';
import { invitationPages } from './invitation.ts';
import { newPasswordPages } from './new-password.ts';

/** `/console/sign-in/…`: what links that are mailed to operators open. A GET changes nothing, since mail scanners open links. */
export function mailedLinks(services: Services): Router {
  const router = Router();
  router.use('/sign-in/invitation', invitationPages(services));
  router.use('/sign-in/new-password', newPasswordPages(services));
  return router;
}
