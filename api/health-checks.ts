import { type Request, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { EntityManager } from '../db/database.ts';
import type { Services } from '../web/services.ts';

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

/** One line per answered request. Names the route, never the address: that of a confirmation link is a secret. */
export function logRequests(logger: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      const milliseconds = Math.round(performance.now() - startedAt);
      logger.info(
        { method: request.method, route: routeOf(request), status: response.statusCode, milliseconds },
        'request',
      );
    });
    next();
  };
}

function routeOf(request: Request): string {
  return request.route === undefined ? 'none' : request.baseUrl + request.route.path;
}
