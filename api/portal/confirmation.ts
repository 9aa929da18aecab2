/**
 * The confirmation link. A GET changes nothing, since mail scanners open links, run their scripts and submit their forms;
 * each POST needs what only a person types: the new password, or the e-mail address, which its page does not show, where the
 * portal's customers use a site of their own and to have a new link mailed. Confirming and choosing a password are one step,
 * and the link never signs anybody in.
 */
import { type ErrorRequestHandler, json, type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { allowMethods } from '../allow-methods.ts';
import { askForNewLink } from '../commands/ask-for-new-link.ts';
import { confirmByAddress } from '../commands/confirm-by-address.ts';
import { confirmPortalUser } from '../commands/confirm-portal-user.ts';
import {
  isJustUsed,
  type LinkHolder,
  openConfirmationLink,
  requireUsableLink,
} from '../commands/open-confirmation-link.ts';
import type { TypedAddress } from '../commands/require-invited-address.ts';
import { networkOf } from '../network-of.ts';
import { passwordRefused } from '../password.ts';
import { Problem } from '../problem.ts';
import { requireSameOriginOfForms } from '../same-origin.ts';
import type { Services } from '../services.ts';
import { showExpired, showForm, showLinkProblem, showNotice, showWelcome, wantsJson } from './confirmation-answers.ts';
import { endOtherPersonsSession } from './end-other-persons-session.ts';

/** A password, twice. */
const BODY_LIMIT = 10_240;

/** What is missing or of another type is refused as an empty password or address is. */
const Typed = z
  .object({ password: z.string().catch(''), passwordAgain: z.string().optional(), email: z.string().catch('') })
  .catch({ password: '', email: '' });

export function confirmationPages(services: Services): Router {
  const router = Router();
  const readers = [urlencoded({ extended: false, limit: BODY_LIMIT }), json({ limit: BODY_LIMIT })];
  const readForm = readers.map((read) => services.bodies.within('anonymous', read, BODY_LIMIT));

  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' });
    next();
  });
  router.use(requireSameOriginOfForms(services.publicUrl));

  router.use(allowMethods('GET', 'POST'));

  router.get('/:token', async (request, response) => {
    const holder = await open(request, response);
    requireUsableLink(holder);
    showForm(request, response, holder);
  });

  router.post('/:token', readForm, async (request: Request<{ token: string }>, response: Response) => {
    const holder = await open(request, response);
    try {
      if (!isJustUsed(holder)) requireUsableLink(holder);
      const status = holder.portal.hasOwnSite ? await byAddress(request, holder) : await byPassword(request, holder);
      await endOtherPersonsSession(services, request, response, holder);
      if (status === 'confirmed') showWelcome(request, response, holder);
      else showNotice(request, response, holder, status);
    } catch (error) {
      if (!isRefusal(error) || wantsJson(request)) throw error;
      showForm(request, response, holder, { refusal: error, typed: typedAddress(request).email });
    }
  });

  router.get('/:token/new-link', (request, response) => {
    response.redirect(303, `/confirm/${encodeURIComponent(request.params.token)}`); // a reloaded or kept address
  });

  router.post('/:token/new-link', readForm, async (request: Request<{ token: string }>, response: Response) => {
    const holder = await open(request, response);
    const typed = typedAddress(request);
    try {
      await askForNewLink(services, holder, typed);
    } catch (error) {
      if (!isRefusal(error) || wantsJson(request)) throw error;
      return showExpired(response, holder, { refusal: error, typed: typed.email });
    }
    showNotice(request, response, holder, 'new_link');
  });

  router.use(() => {
    throw new Problem('not_found');
  });
  router.use(((error, _request, _response, next) => {
    next(error instanceof URIError ? new Problem('not_found') : error); // a token that is not even percent-encoded
  }) satisfies ErrorRequestHandler);
  router.use(showLinkProblem(services));
  return router;

  function byPassword(request: Request, holder: LinkHolder): Promise<'confirmed' | 'pending'> {
    const { password, passwordAgain } = Typed.parse(request.body);
    requireSame(password, passwordAgain ?? (wantsJson(request) ? password : ''));
    return confirmPortalUser(services, holder, password);
  }

  function byAddress(request: Request, holder: LinkHolder): Promise<'confirmed' | 'pending'> {
    return confirmByAddress(services, holder, typedAddress(request));
  }

  /** Keeps the holder for the case that what follows fails: its page speaks the holder's language. */
  async function open(request: Request<{ token: string }>, response: Response): Promise<LinkHolder> {
    const { token } = request.params;
    const holder = await openConfirmationLink(services, services.database.em.fork(), token);
    Object.assign(response.locals, { holder, token });
    return holder;
  }
}

function typedAddress(request: Request): TypedAddress {
  return { email: Typed.parse(request.body).email, network: networkOf(request.ip) };
}

/** Twice on the page, where it cannot be seen; a program may leave the second one out. */
function requireSame(password: string, again: string): void {
  if (again !== password) throw passwordRefused('passwords_differ', 'The two passwords are not the same.');
}

/** What is wrong with what was typed: the form says so. */
function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && (error.code === 'password_refused' || error.code === 'invalid_request');
}
