import { Router } from 'express';
import { allowMethods } from '../web/allow-methods.ts';
import { readJson } from '../web/read-json.ts';
import type { Services } from '../web/services.ts';
import { type Endpoint, handlerOf } from './endpoint.ts';
import { apiKeys } from './routes/api-keys.ts';
import { bulk } from './routes/bulk.ts';
import { confirmationLink } from './routes/confirmation-link.ts';
import { contacts } from './routes/contacts.ts';
import { invitations } from './routes/invitations.ts';
import { operators } from './routes/operators.ts';
import { portalUsers } from './routes/portal-users.ts';
import { portals } from './routes/portals.ts';
import { requests } from './routes/requests.ts';

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
    const route = router.route(expressPath(path));
    route.all(allowMethods(...definitions.map(({ method }) => method.toUpperCase())), ...body);
    for (const definition of definitions) route[definition.method](handlerOf(definition, services));
  }
  return router;
}

/** The endpoints of confirmation links, for requests whose body is read. To be mounted at `/confirm`, which has pages, too. */
export function routeLinkEndpoints(services: Services): Router {
  const router = Router();
  for (const endpoint of confirmationLink) {
    const path = expressPath(endpoint.path.replace(/^\/confirm/, ''));
    router[endpoint.method](path, handlerOf(endpoint, services));
  }
  return router;
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** `/users/re-invite` goes before `/users/{id}`, which would match it, too. */
function parameters(path: string): number {
  return path.split('{').length;
}

/** Every operation below `/v1`, in the order of the documentation. */
export const endpoints: Endpoint[] = [
  ...portals,
  ...apiKeys,
  ...operators,
  ...portalUsers,
  ...invitations,
  ...bulk,
  ...contacts,
  ...requests,
];
