import { createRequire } from 'node:module';
import { Router } from 'express';

const require = createRequire(import.meta.url);
/** What pages load of npm packages, served by ourselves. */
const FILES = {
  '/htmx.js': require.resolve('htmx.org/dist/htmx.min.js'),
  '/pico.css': require.resolve('@picocss/pico/css/pico.min.css'),
};

/** `/assets/htmx.js`, `/assets/pico.css`. */
export function packagedAssets(): Router {
  const router = Router();
  for (const [path, file] of Object.entries(FILES)) {
    router.get(path, (_request, response) => response.sendFile(file, { maxAge: '1h' }));
  }
  return router;
}
