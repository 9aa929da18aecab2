import { Router } from 'express';
import type { Services } from '../../services.ts';
import { emailPage } from './email-page.ts';
import { listPages } from './list-page.ts';
import { userActions } from './user-actions.ts';
import { userPage } from './user-page.ts';

/** Customer Portal Users: the table, and each user's page. */
export function portalUserPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(listPages(services), userPage(services), userActions(services), emailPage(services));
  return router;
}
