import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import { engine } from 'express-handlebars';
import { translate } from './portal/pages.ts';

/** Teaches the app to render the templates that stand beside the routes, by their path below this folder. */
export function installViews(app: Express): void {
  const views = fileURLToPath(new URL('.', import.meta.url));
  const partialsDir = ['./console/partials', './console', './portal/partials'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const compilerOptions = { preventIndent: true }; // or every line of a text area would be indented as its partial is
  app.engine(
    'hbs',
    engine({ extname: '.hbs', layoutsDir: views, partialsDir, helpers: { t: translate }, compilerOptions }),
  );
  app.set('view engine', 'hbs');
  app.set('views', views);
  app.enable('view cache');
}
