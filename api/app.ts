import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { column } from '../console/column.ts';
import { consolePages } from '../console/console.ts';
import { welcomePage } from '../portal/after-confirming.ts';
import { confirmationLinks } from '../portal/confirmation-routes.ts';
import { customerPortal } from '../portal/customer-portal.ts';
import { portalLooks } from '../portal/portal-theme.ts';
import { translate } from '../portal/show-page.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { allowMethods } from '../web/allow-methods.ts';
import { challengeTo } from '../web/authentication.ts';
import { problemJson, statusOf, toRefusal } from '../web/problem.ts';
import { requireOneHost, SECRET_ADDRESS_POLICY } from '../web/same-origin.ts';
import type { Services } from '../web/services.ts';
import { installViews, packagedAssets } from '../web/views.ts';
import { docsPage } from './docs-page.ts';
import { healthChecks, logRequests } from './health-checks.ts';
import { limitCalls } from './limit-calls.ts';
import { openApiDocument } from './openapi.ts';
import { routeEndpoints, routeLinkEndpoints } from './route-endpoints.ts';

/** The whole HTTP side, without a listener. */
export function createApp(services: Services): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // weak ones, of whatever is sent: the API's endpoints and files have strong ones
  app.set('trust proxy', services.trustProxy);
  installViews(app, { t: translate, column });
  app.use(logRequests(services.logger));
  app.use(secureHeaders(services));
  app.use(requireOneHost);

  app.all('/', allowMethods('GET'));
  app.use(['/healthz', '/readyz', '/openapi.json', '/docs', '/assets'], allowMethods('GET'));
  app.use(healthChecks(services));
  app.get('/', (_request, response) => response.redirect('/console'));
  app.get('/openapi.json', (_request, response) => response.json(openApiDocument()));
  app.use('/docs', docsPage());
  app.use('/assets', packagedAssets());
  app.use('/assets', express.static(fileURLToPath(new URL('../web/assets', import.meta.url)), { maxAge: '1h' }));
  app.use('/console', consolePages(services));
  app.use('/confirm', confirmationLinks(services, routeLinkEndpoints(services)));
  app.use('/p', welcomePage(services), portalLooks(services), customerPortal(services));

  app.use('/v1', limitCalls(services));
  app.use(routeEndpoints(services));
  app.use(() => {
    throw new Refusal('not_found');
  });
  app.use(sendProblem(services));
  return app;
}

/** Pages run no scripts and load nothing from elsewhere. */
function secureHeaders({ publicUrl }: Services) {
  return helmet({
    strictTransportSecurity: publicUrl.startsWith('https:'), // over TLS only (RFC 6797, section 7.2)
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: SECRET_ADDRESS_POLICY },
  });
}

function sendProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = toRefusal(error, logger);
    response.set('Cache-Control', 'no-store');
    if (problem.details.retryAfter !== undefined) response.set('Retry-After', String(problem.details.retryAfter));
    if (problem.code === 'unauthorized') response.set('WWW-Authenticate', challengeTo(request));
    response
      .status(statusOf(problem))
      .type('application/problem+json')
      .send(JSON.stringify(problemJson(problem)));
  };
}
