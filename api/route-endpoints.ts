import { Router } from 'express';
import { allowMethods } from './allow-methods.ts';
import { handlerOf } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { readJson } from './read-json.ts';
import type { Services } from './services.ts';

/** The JSON API: every endpoint at its path, and a 405 for every other method there, whose body is not read. */
export function routeEndpoints(services: Services): Router {
  const router = Router();
  router.use('/v1', (_request, response, next) => {
    response.set('Cache-Control', 'no-store'); // answers hold personal data (RFC 9111, section 5.2.2.5)
    next();
  });
  const byPath = Map.groupBy(endpoints, ({ path }) => path);
  const body = readJson(services);
  for (const [path, definitions] of [...byPath].toSorted(([a], [b]) => parameters(a) - parameters(b))) {
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    route.all(allowMethods(...definitions.map(({ method }) => method.toUpperCase())), ...body);
    for (const definition of definitions) route[definition.method](handlerOf(definition, services));
  }
  return router;
}

/** `/users/re-invite` goes before `/users/{id}`, which would match it, too. */
function parameters(path: string): number {
  return path.split('{').length;
}
