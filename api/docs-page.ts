import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const OURS = fileURLToPath(new URL('./docs', import.meta.url));

/** `/docs`: the API's reference, to read and to try, from files of our own. Swagger UI sets styles from its script. */
export function docsPage(): Router {
  const router = Router();
  router.use((_request, response, next) => {
    response.set(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    next();
  });
  router.use(express.static(OURS, { maxAge: '1h' }));
  router.use('/swagger-ui', express.static(SWAGGER_UI, { index: false, maxAge: '1h' }));
  return router;
}
