/**
 * The confirmation link. A GET changes nothing, since mail scanners open links, run their scripts and submit their forms;
 * the POST needs what only a person types: the new password, or, where the portal's customers use a site of their own, the
 * e-mail address, which stands nowhere on the page. Confirming and choosing a password are one step, and the link never signs
 * anybody in.
 */
import { type ErrorRequestHandler, json, type Request, type Response, Router, urlencoded } from 'express';
import { z } from 'zod';
import { confirmByAddress } from '../commands/confirm-by-address.ts';
import { confirmPortalUser } from '../commands/confirm-portal-user.ts';
import {
  isJustUsed,
  type LinkHolder,
  openConfirmationLink,
  requireUsableLink,
} from '../commands/open-confirmation-link.ts';
import { reInvite } from '../commands/re-invite.ts';
import { passwordRefused } from '../password.ts';
import { Problem } from '../problem.ts';
import type { Services } from '../services.ts';
import { showForm, showLinkProblem, showNotice, showWelcome, wantsJson } from './confirmation-answers.ts';

/** A password, twice. */
const BODY_LIMIT = '10kb';

/** What is missing or of another type is refused as an empty password or address is. */
const Typed = z
  .object({ password: z.string().catch(''), passwordAgain: z.string().optional(), email: z.string().catch('') })
  .catch({ password: '', email: '' });

export function confirmationPages(services: Services): Router {
  const router = Router();
  const readForm = [urlencoded({ extended: false, limit: BODY_LIMIT }), json({ limit: BODY_LIMIT })];

  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' });
    next();
  });

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
      if (status === 'confirmed') showWelcome(request, response, holder);
      else showNotice(request, response, holder, status);
    } catch (error) {
      if (!isRefusal(error) || wantsJson(request)) throw error;
      showForm(request, response, holder, { refusal: error, typed: Typed.parse(request.body).email });
    }
  });

  router.get('/:token/new-link', (request, response) => {
    response.redirect(303, `/confirm/${encodeURIComponent(request.params.token)}`); // a reloaded or kept address
  });

  router.post('/:token/new-link', async (request, response) => {
    const holder = await open(request, response);
    const em = services.database.em.fork();
    const outcome = (await reInvite(services, em, holder.portal, [holder.user], 'portal_user')).get(holder.user.id);
    if (outcome !== 'accepted')
      throw outcome?.code === 'deactivated' ? new Problem('deactivated', { status: 410 }) : outcome;
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
    return confirmByAddress(services, holder, Typed.parse(request.body).email);
  }

  /** Keeps the holder for the case that what follows fails: its page speaks the holder's language. */
  async function open(request: Request<{ token: string }>, response: Response): Promise<LinkHolder> {
    const { token } = request.params;
    const holder = await openConfirmationLink(services, services.database.em.fork(), token);
    Object.assign(response.locals, { holder, token });
    return holder;
  }
}

/** Twice on the page, where it cannot be seen; a program may leave the second one out. */
function requireSame(password: string, again: string): void {
  if (again !== password) throw passwordRefused('passwords_differ', 'The two passwords are not the same.');
}

/** What is wrong with what was typed: the form says so. */
function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && (error.code === 'password_refused' || error.code === 'invalid_request');
}
