import { Router } from 'express';
import type { Services } from './services.ts';

/** `/healthz`: the process lives. `/readyz`: it can do its work, 503 otherwise with what is missing. */
export function healthChecks({ database, invitations }: Services): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const [postgres, temporal] = await Promise.all([
      answers(database.em.fork().execute('select 1')),
      invitations.isReachable(),
    ]);
    response.status(postgres && temporal ? 200 : 503).json({ postgres, temporal });
  });
  return router;
}

async function answers(query: Promise<unknown>): Promise<boolean> {
  return query.then(
    () => true,
    () => false,
  );
}
