import { Router } from 'express';
import type { EntityManager } from '../db/database.ts';
import type { Services } from './services.ts';

/** `/healthz`: the process lives. `/readyz`: it can do its work, 503 otherwise with what is missing. */
export function healthChecks({ database, invitations }: Services): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const [postgres, temporal] = await Promise.all([isWritable(database.em.fork()), invitations.isReachable()]);
    response.status(postgres && temporal ? 200 : 503).json({ postgres, temporal });
  });
  return router;
}

/** A standby, or a server that was set to read only, answers and yet does nothing that we need. */
async function isWritable(em: EntityManager): Promise<boolean> {
  try {
    const [row] = await em.execute<{ isReadOnly: boolean }[]>(
      `select current_setting('transaction_read_only')::boolean as "isReadOnly"`,
    );
    return row?.isReadOnly === false;
  } catch {
    return false;
  }
}
