import { Router } from 'express';
import type { Services } from '../../services.ts';
import { bulkQuestion } from './question.ts';
import { bulkResult } from './result.ts';

/** Actions on many portal users: the question before, progress and results after. */
export function bulkActionPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(bulkQuestion(services), bulkResult(services));
  return router;
}
