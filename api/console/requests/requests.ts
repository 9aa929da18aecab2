import { Router } from 'express';
import type { Services } from '../../services.ts';
import { attachmentDownload } from './attachment-download.ts';
import { requestActions } from './request-actions.ts';
import { requestList } from './request-list.ts';
import { requestPage } from './request-page.ts';

/** Requests: the table, and each request's page with what the help desk does about it. */
export function requestPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(requestList(services), requestPage(services), requestActions(services), attachmentDownload(services));
  return router;
}
