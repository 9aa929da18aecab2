import { Router } from 'express';
import { changePortalLogo, MAX_LOGO_BYTES } from '../../commands/portals/change-portal.ts';
import { inTransaction } from '../../commands/transaction.ts';
import { logoUrl } from '../../email/branding.ts';
import { invalidFields, type Refusal } from '../../vocabulary/refusal.ts';
import { flash } from '../../web/flash.ts';
import type { Services } from '../../web/services.ts';
import { type MultipartForm, readMultipart } from '../../web/uploads/read-multipart.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { atPortal, type PortalCall, requireOpenedBy } from '../require-signed-in.ts';
import { showConsolePage } from '../show-page.ts';
import { OWNERS_ONLY } from './setting.ts';

const FORM: MultipartForm = {
  sender: 'signed_in',
  filesOf: 'logo',
  limits: { fileSize: MAX_LOGO_BYTES, files: 1, fields: 1, fieldSize: 100, parts: 2, headerPairs: 10 },
  keeps: MAX_LOGO_BYTES,
  refuse: ({ limit }) =>
    refused(limit === 'LIMIT_FILE_SIZE' ? `must have ${MAX_LOGO_BYTES / 1_000} kB or less` : 'must be one picture'),
};

function refused(message: string): Refusal {
  return invalidFields([{ field: 'logo', message }]);
}

/** `/logo`: sets and removes the portal's logo. A page of its own, so that no other setting is lost over it. */
export function logoPages(services: Services): Router {
  const router = Router({ mergeParams: true });
  const { database } = services;

  router.get(
    '/logo',
    atPortal((call) => showLogo(call), OWNERS_ONLY),
  );

  router.post(
    '/logo',
    atPortal(async (call) => {
      const { request, response, portal, actor } = call;
      try {
        const logo = await uploaded(services, call);
        await inTransaction(database, (unit) => changePortalLogo(unit, portal.id, logo, actor));
      } catch (error) {
        return showLogo(call, formErrors(error));
      }
      await flash(request, 'done', 'The logo stands in e-mails and pages now.');
      response.redirect(303, `/console/${portal.slug}/settings/logo`);
    }, OWNERS_ONLY),
  );

  router.post(
    '/logo/remove',
    atPortal(async ({ request, response, portal, actor }) => {
      await inTransaction(database, (unit) => changePortalLogo(unit, portal.id, null, actor));
      await flash(request, 'done', 'The logo was removed: the name stands in its place.');
      response.redirect(303, `/console/${portal.slug}/settings/logo`);
    }, OWNERS_ONLY),
  );
  return router;
}

function showLogo({ request, response, portal }: PortalCall, errors?: FormErrors): void {
  const status = errors === undefined ? 200 : 422;
  const context = { logo: logoUrl('', portal), errors };
  showConsolePage(request, response, { view: 'settings/logo', title: 'Logo', section: 'settings', status, context });
}

/** The picture that was sent. @throws Refusal `invalid_request` on `logo` */
async function uploaded(services: Services, { request, response, operator }: PortalCall): Promise<Buffer> {
  const [logo] = (await readMultipart(services, request, response, FORM)).files;
  requireOpenedBy(request, operator);
  if (Object.keys(request.body ?? {}).length > 0) throw refused('must be one picture'); // text fields of no form of ours
  if (logo === undefined || logo.content.length === 0) throw refused('must be a picture: choose a file first');
  return logo.content;
}
