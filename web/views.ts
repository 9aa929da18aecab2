import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Express, Router } from 'express';
import { engine } from 'express-handlebars';

/**
 * Lets the app render the templates of the console and the portal, by their path from the project's folder.
 *
 * @param helpers of the templates
 */
export function installViews(app: Express, helpers: Record<string, (...args: never[]) => unknown>): void {
  const views = fileURLToPath(new URL('..', import.meta.url));
  const partialsDir = ['console/partials', 'console', 'portal/partials'].map((path) => `${views}${path}`);
  const compilerOptions = { preventIndent: true }; // or every line of a text area would be indented as its partial is
  app.engine('hbs', engine({ extname: '.hbs', layoutsDir: views, partialsDir, helpers, compilerOptions }));
  app.set('view engine', 'hbs');
  app.set('views', views);
  app.enable('view cache');
}

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
