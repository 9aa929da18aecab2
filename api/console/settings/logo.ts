import { type RequestHandler, Router } from 'express';
import multer, { MulterError } from 'multer';
import { logoUrl } from '../../../db/logo-url.ts';
import { changePortalLogo, MAX_LOGO_BYTES } from '../../commands/change-portal-logo.ts';
import { flash } from '../../flash.ts';
import { invalidFields, Problem } from '../../problem.ts';
import type { Services } from '../../services.ts';
import { inTransaction } from '../../unit-of-work.ts';
import { showConsolePage } from '../page.ts';
import { type FormErrors, formErrors } from '../read-form.ts';
import { atPortal, type PortalCall } from '../signed-in.ts';
import { OWNERS_ONLY } from './settings-page.ts';

/** In memory, which these limits keep from filling: a picture of one byte too many is refused by its size. */
const upload = multer({
  storage: multer.memoryStorage(),
  limits: { fileSize: MAX_LOGO_BYTES, files: 1, fields: 0, parts: 1, headerPairs: 10 },
}).single('logo');

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
      flash(request, 'done', 'The logo stands in e-mails and pages now.');
      response.redirect(303, `/console/${portal.slug}/settings/logo`);
    }, OWNERS_ONLY),
  );

  router.post(
    '/logo/remove',
    atPortal(async ({ request, response, portal, actor }) => {
      await inTransaction(database, (unit) => changePortalLogo(unit, portal.id, null, actor));
      flash(request, 'done', 'The logo was removed: the name stands in its place.');
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

type Exchange = { request: Parameters<RequestHandler>[0]; response: Parameters<RequestHandler>[1] };

/** The picture that was sent. @throws Problem `invalid_request` on `logo` */
async function uploaded({ bodies }: Services, { request, response }: Exchange): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown) => (error ? reject(readUploadError(error)) : resolve());
    bodies.within('signed_in', upload, MAX_LOGO_BYTES)(request, response, done);
  });
  if (request.file === undefined || request.file.size === 0) {
    throw invalidFields([{ field: 'logo', message: 'must be a picture: choose a file first' }]);
  }
  return request.file.buffer;
}

function readUploadError(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const isTooLarge = error instanceof MulterError && error.code === 'LIMIT_FILE_SIZE';
  const message = isTooLarge ? `must have ${MAX_LOGO_BYTES / 1_000} kB or less` : 'must be one picture';
  return invalidFields([{ field: 'logo', message }]);
}
