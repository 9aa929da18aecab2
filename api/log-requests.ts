import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';

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
