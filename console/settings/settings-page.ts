import { Router } from 'express';
import { Portal } from '../../db/entities/index.ts';
import { languageAt } from '../../vocabulary/languages.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import type { Services } from '../../web/services.ts';
import { languageOptions } from '../labels.ts';
import type { FormErrors } from '../read-form.ts';
import { atPortal, isFragment, type PortalCall } from '../require-signed-in.ts';
import { showConsolePage, showFragment } from '../show-page.ts';
import { activityPage } from './activity-page.ts';
import { apiKeyPages } from './api-keys-page.ts';
import { logoPages } from './logo.ts';
import { emailsPage, portalPage } from './portal-settings.ts';
import { previewFrames, previewsOf } from './previews.ts';
import type { Fields, Setting } from './setting.ts';
import { OWNERS_ONLY, type SettingsPage } from './setting.ts';
import {
  CHANGED_MEANWHILE,
  changedIn,
  fieldsOf,
  hashesOf,
  readHashes,
  type ShownHashes,
  saveSettings,
  settingsErrors,
} from './settings-form.ts';
import { testEmailPages } from './test-email.ts';

/** `/console/:portal/settings`: what owners decide about their portal. */
export function settingsPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  router.use(settingsFormPage(services, portalPage), settingsFormPage(services, emailsPage));
  router.use(logoPages(services), previewFrames(services), testEmailPages(services), activityPage(services));
  router.use('/api-keys', apiKeyPages(services));
  return router;
}

/** Shows the form, previews e-mails by what is typed into it, and saves it. */
function settingsFormPage(services: Services, page: SettingsPage): Router {
  const router = Router({ mergeParams: true });
  const { settings, path } = page;

  router.get(
    path || '/',
    atPortal((call) => showSettingsForm(services, call, page), OWNERS_ONLY),
  );

  router.post(
    path || '/',
    atPortal(async (call) => {
      const { request, response, portal } = call;
      const fields: Fields = request.body ?? {};
      const shown = readHashes(fields.shown);
      try {
        const saved = await saveSettings(services, call, settings, fields, shown);
        await flash(
          request,
          'done',
          saved ? 'Saved. E-mails from now on follow these settings.' : 'There was nothing to save.',
        );
      } catch (error) {
        const errors = settingsErrors(settings, fields, error);
        const isTold = error instanceof Refusal && error.details.reason === CHANGED_MEANWHILE;
        const again = await mergeWithCurrent(services, call, settings, { fields, shown, errors, status: 422 }, isTold);
        return showSettingsForm(services, call, page, again);
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
      showSettingsForm(services, call, page, { fields, shown: readHashes(fields.shown), errors, status });
    }, OWNERS_ONLY),
  );
  return router;
}

/** What a form is shown again with. */
interface RefusedForm {
  status: number;
  fields: Fields;
  shown: ShownHashes;
  errors: FormErrors;
}

/** The page with its form; again with what was refused. */
function showSettingsForm(
  services: Services,
  call: PortalCall,
  { path, view, title, settings, context }: SettingsPage,
  again?: RefusedForm,
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
      shown: JSON.stringify(again?.shown ?? hashesOf(settings, portal)),
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
  { fields, shown, ...rest }: RefusedForm,
  isTold: boolean,
): Promise<RefusedForm> {
  const portal = await database.em.fork().findOneOrFail(Portal, id);
  const changed = changedIn(settings, fields, shown);
  const unchanged = settings.filter((setting) => !changed.includes(setting));
  return {
    ...rest,
    fields: { ...fields, ...fieldsOf(unchanged, portal) },
    shown: { ...shown, ...hashesOf(isTold ? settings : unchanged, portal) },
  };
}
