/**
 * The confirmation link. A GET changes nothing, since mail scanners open links, run their scripts and submit their forms;
 * each POST needs what only a person types: the new password, or the e-mail address, which its page does not show, where the
 * portal's customers use a site of their own and for a new link. Confirming and choosing a password are one step,
 * and the link never signs anybody in.
 */
import {
  type ErrorRequestHandler,
  json,
  type Request,
  type RequestHandler,
  type Response,
  Router,
  urlencoded,
} from 'express';
import { askForNewLink } from '../commands/confirmation/ask-for-new-link.ts';
import { confirmByAddress, confirmByPassword } from '../commands/confirmation/confirm-portal-user.ts';
import {
  type AddressGuess,
  type ConfirmationLink,
  openConfirmationLink,
  requireLinkState,
} from '../commands/confirmation/confirmation-link.ts';
import { networkOf } from '../commands/sign-in/rate-limiter.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import { allowPageMethods } from '../web/allow-methods.ts';
import { endOtherPersonsSession } from '../web/begin-session.ts';
import { typedFields } from '../web/form-fields.ts';
import { requireSameOriginOfForms } from '../web/same-origin.ts';
import type { Services } from '../web/services.ts';
import { showExpired, showForm, showLinkProblem, showNotice, showWelcome, wantsJson } from './show-confirmation.ts';

/** A password, twice. */
const BODY_LIMIT = 10_240;

/**
 * `/confirm`: pages for browsers, JSON for programs that accept it and no page.
 *
 * @param respondInJson the endpoints of the JSON API with the same paths
 */
export function confirmationLinks(services: Services, respondInJson: RequestHandler): Router {
  const router = Router();
  const readers = [urlencoded({ extended: false, limit: BODY_LIMIT }), json({ limit: BODY_LIMIT })];

  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' });
    next();
  });
  router.use(allowPageMethods);
  router.use(requireSameOriginOfForms(services.publicUrl));
  router.use(readers.map((read) => services.bodies.within('anonymous', read, BODY_LIMIT)));
  router.use((request, response, next) => (wantsJson(request) ? respondInJson(request, response, next) : next()));
  router.use(confirmationPages(services));
  router.use(() => {
    throw new Refusal('not_found');
  });
  router.use(((error, _request, _response, next) => {
    next(error instanceof URIError ? new Refusal('not_found') : error); // a token that is not even percent-encoded
  }) satisfies ErrorRequestHandler);
  router.use(showLinkProblem(services));
  return router;
}

function confirmationPages(services: Services): Router {
  const router = Router();

  router.get('/:token', async (request, response) => {
    const link = await open(request, response);
    requireLinkState(link, 'usable');
    showForm(response, link);
  });

  router.post('/:token', async (request, response) => {
    const link = await open(request, response);
    const address = typedAddress(request);
    try {
      const status = link.portal.hasOwnSite
        ? await confirmByAddress(services, link, address)
        : await confirmByPassword(services, link, typedFields(request.body, ['password', 'passwordAgain']));
      await endOtherPersonsSession(services, request, response, link);
      if (status === 'confirmed') showWelcome(response, link);
      else showNotice(response, link, status);
    } catch (error) {
      showForm(response, link, { refusal: formRefusal(error), typed: address.email });
    }
  });

  router.get('/:token/new-link', (request, response) => {
    response.redirect(303, `/confirm/${encodeURIComponent(request.params.token)}`); // a reloaded or kept address
  });

  router.post('/:token/new-link', async (request, response) => {
    const link = await open(request, response);
    const address = typedAddress(request);
    try {
      await askForNewLink(services, link, address);
    } catch (error) {
      return showExpired(response, link, { refusal: formRefusal(error), typed: address.email });
    }
    showNotice(response, link, 'new_link');
  });
  return router;

  /** Keeps the link for the page of a later problem, which is in the language of the link's user. */
  async function open(request: Request<{ token: string }>, response: Response): Promise<ConfirmationLink> {
    const { token } = request.params;
    const link = await openConfirmationLink(services, token);
    Object.assign(response.locals, { link, token });
    return link;
  }
}

function typedAddress(request: Request): AddressGuess {
  return { ...typedFields(request.body, ['email']), network: networkOf(request.ip) };
}

/** A refusal of what was typed, which the form shows. Any other error is thrown again. */
function formRefusal(error: unknown): Refusal {
  const isAboutForm = error instanceof Refusal && ['password_refused', 'invalid_request'].includes(error.code);
  if (!isAboutForm) throw error;
  return error;
}
