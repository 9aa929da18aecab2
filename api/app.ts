import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { allowMethods } from './allow-methods.ts';
import { challengeTo } from './authentication.ts';
import { consolePages } from './console/console.ts';
import { docsPage } from './docs-page.ts';
import { healthChecks } from './health-checks.ts';
import { limitCalls } from './limit-calls.ts';
import { logRequests } from './log-requests.ts';
import { requireOneHost } from './one-host.ts';
import { openApiDocument } from './openapi.ts';
import { packagedAssets } from './packaged-assets.ts';
import { confirmationPages } from './portal/confirmation.ts';
import { customerPortal } from './portal/customer-portal.ts';
import { portalLooks } from './portal/looks.ts';
import { welcomePage } from './portal/welcome.ts';
import { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { routeEndpoints } from './route-endpoints.ts';
import { SECRET_ADDRESS_POLICY } from './secret-address.ts';
import type { Services } from './services.ts';
import { installViews } from './views.ts';

/** The whole HTTP side, without a listener. */
export function createApp(services: Services): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag'); // weak ones, of whatever is sent: the API's endpoints and files have strong ones
  app.set('trust proxy', services.trustProxy);
  installViews(app);
  app.use(logRequests(services.logger));
  app.use(secureHeaders(services));
  app.use(requireOneHost);

  app.use(['/healthz', '/readyz', '/openapi.json', '/docs', '/assets'], allowMethods('GET'));
  app.use(healthChecks(services));
  app.get('/', (_request, response) => response.redirect('/console'));
  app.get('/openapi.json', (_request, response) => response.json(openApiDocument()));
  app.use('/docs', docsPage());
  app.use('/assets', packagedAssets());
  app.use('/assets', express.static(fileURLToPath(new URL('./assets', import.meta.url)), { maxAge: '1h' }));
  app.use('/console', consolePages(services));
  app.use('/confirm', confirmationPages(services));
  app.use('/p', welcomePage(services), portalLooks(services), customerPortal(services));

  app.use('/v1', limitCalls(services));
  app.use(routeEndpoints(services));
  app.use(() => {
    throw new Problem('not_found');
  });
  app.use(answerProblem(services));
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

function answerProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(error, logger);
    response.set('Cache-Control', 'no-store');
    if (problem.details.retryAfter !== undefined) response.set('Retry-After', String(problem.details.retryAfter));
    if (problem.code === 'unauthorized') response.set('WWW-Authenticate', challengeTo(request));
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}
