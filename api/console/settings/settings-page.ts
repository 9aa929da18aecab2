import { Router } from 'express';
import { Portal } from '../../../db/entities/index.ts';
import { languageAt } from '../../../db/languages.ts';
import { flash } from '../../flash.ts';
import { Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { showConsolePage, showFragment } from '../page.ts';
import type { FormErrors } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../signed-in.ts';
import { languageOptions } from './language-options.ts';
import { previewsOf } from './previews.ts';
import { CHANGED_MEANWHILE, saveSettings } from './save-settings.ts';
import type { Fields, Setting } from './setting.ts';
import { changedIn, fieldsOf, readShown, type Shown, settingsErrors, shownOf } from './settings-form.ts';

/** A page with a form of some of a portal's settings. */
export interface SettingsPage {
  /** Below the address of the settings. */
  path: '' | '/emails';
  view: string;
  title: string;
  settings: Setting[];
  /** What its template prints besides the fields. */
  context(portal: Portal, fields: Fields, errors: FormErrors): object;
}

/** What a form is shown again with. */
interface Again {
  status: number;
  fields: Fields;
  shown: Shown;
  errors: FormErrors;
}

export const OWNERS_ONLY = { role: 'owner' } as const;

/** Shows the form, previews e-mails by what is typed into it, and saves it. */
export function settingsFormPage(services: Services, page: SettingsPage): Router {
  const router = Router({ mergeParams: true });
  const { settings, path } = page;

  router.get(
    path || '/',
    atPortal((call) => showSettings(services, call, page), OWNERS_ONLY),
  );

  router.post(
    path || '/',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const fields: Fields = request.body ?? {};
      const shown = readShown(fields.shown);
      try {
        const saved = await saveSettings(services, call, settings, fields, shown);
        flash(
          request,
          'done',
          saved ? 'Saved. E-mails from now on follow these settings.' : 'There was nothing to save.',
        );
      } catch (error) {
        const errors = settingsErrors(settings, fields, error);
        const isTold = error instanceof Problem && error.details.reason === CHANGED_MEANWHILE;
        const again = await mergeWithCurrent(services, call, settings, { fields, shown, errors, status: 422 }, isTold);
        return showSettings(services, call, page, again);
      }
      response.redirect(303, `/console/${portal.slug}/settings${path}`);
    }, OWNERS_ONLY),
  );

  router.post(
    `${path}/preview`,
    atPortal(async (call) => {
      const { request, response } = call;
      const fields: Fields = request.body ?? {};
      const previews = previewsOf(services, call, settings, fields);
      if (isFragment(request)) return showFragment(response, 'settings/previews', previews);
      const { errors } = previews;
      const status = Object.keys(errors).length === 0 ? 200 : 422;
      showSettings(services, call, page, { fields, shown: readShown(fields.shown), errors, status });
    }, OWNERS_ONLY),
  );
  return router;
}

/** The page with its form; again with what was refused. */
export function showSettings(
  services: Services,
  call: PortalCall,
  { path, view, title, settings, context }: SettingsPage,
  again?: Again,
): void {
  const { request, response, portal } = call;
  const fields = again?.fields ?? fieldsOf(settings, portal);
  const base = `/console/${portal.slug}/settings`;
  showConsolePage(request, response, {
    view,
    title,
    section: 'settings',
    status: again?.status ?? 200,
    context: {
      ...previewsOf(services, call, settings, fields),
      fields,
      labels: Object.fromEntries(settings.map(({ key, label }) => [key, label])),
      shown: JSON.stringify(again?.shown ?? shownOf(settings, portal)),
      errors: again?.errors ?? {},
      testLanguages: languageOptions(portal.languages, languageAt(portal, null)),
      base,
      path,
      action: base + path,
      ...context(portal, fields, again?.errors ?? {}),
    },
  });
}

/**
 * A refused form keeps what was changed in it; its other fields show what the portal has by now, or the next attempt would
 * undo it. Whoever was told of a change made meanwhile replaces it by saving again.
 */
async function mergeWithCurrent(
  { database }: Services,
  { portal: { id } }: PortalCall,
  settings: Setting[],
  { fields, shown, ...rest }: Again,
  isTold: boolean,
): Promise<Again> {
  const portal = await database.em.fork().findOneOrFail(Portal, id);
  const changed = changedIn(settings, fields, shown);
  const unchanged = settings.filter((setting) => !changed.includes(setting));
  return {
    ...rest,
    fields: { ...fields, ...fieldsOf(unchanged, portal) },
    shown: { ...shown, ...shownOf(isTold ? settings : unchanged, portal) },
  };
}
