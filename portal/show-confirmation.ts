import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ConfirmationLink } from '../commands/confirmation/confirmation-link.ts';
import { chooseLanguage, LANGUAGES, type Language, languageAt } from '../vocabulary/languages.ts';
import type { Refusal } from '../vocabulary/refusal.ts';
import { afterConfirmingUrl, welcomeAddress } from '../web/after-confirming.ts';
import { statusOf, toRefusal } from '../web/problem.ts';
import type { Services } from '../web/services.ts';
import { en } from './locales/en.ts';
import { showPage } from './show-page.ts';
import { formStatus, newPasswordFields } from './sign-in/new-password.ts';

/** Whether the caller is a program: it accepts JSON, and no page. */
export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

/** What was typed into a form, and why it was refused; empty where the form is shown for the first time. */
interface RefusedForm {
  refusal?: Refusal;
  typed?: string;
}

/** The form for the new password or, where none is chosen here, for the invited address. */
export function showForm(response: Response, link: ConfirmationLink, { refusal, typed }: RefusedForm = {}): void {
  const { email, name } = link.contact;
  showPage(response, {
    status: formStatus(response, refusal),
    view: 'confirm',
    language: languageOf(link),
    portal: link.portal,
    context: {
      name,
      ...(link.portal.hasOwnSite
        ? { asksForEmail: true, ...addressFields(refusal, typed) }
        : { email, ...newPasswordFields(refusal) }),
    },
  });
}

/** Redirects, so that reloading the page does not send the form again. */
export function showWelcome(response: Response, link: ConfirmationLink): void {
  const ended = response.locals.otherSessionEnded ? '&other=ended' : '';
  response.redirect(303, welcomeAddress(link) + ended);
}

/** The page of an expired link, whose form asks for the invited address. */
export function showExpired(response: Response, link: ConfirmationLink, { refusal, typed }: RefusedForm = {}): void {
  showPage(response, {
    status: refusal ? statusOf(refusal) : 410,
    view: 'notice',
    language: languageOf(link),
    portal: link.portal,
    context: {
      code: 'link_expired',
      newLinkAction: `/confirm/${response.locals.token}/new-link`,
      ...addressFields(refusal, typed),
    },
  });
}

/** For the partial `invited-address-field`. */
function addressFields(refusal: Refusal | undefined, typed: string | undefined): Record<string, unknown> {
  return { typed, isOtherAddress: refusal !== undefined };
}

export function showNotice(response: Response, link: ConfirmationLink, code: 'pending' | 'new_link'): void {
  showPage(response, {
    status: 202,
    view: 'notice',
    language: languageOf(link),
    portal: link.portal,
    context: { code },
  });
}

/** The last middleware of the link's router: each problem as a page, or passed on for a program. */
export function showLinkProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request: Request, response: Response, next) => {
    if (wantsJson(request)) return next(error);
    const problem = toRefusal(error, logger);
    const { link, token } = response.locals as { link?: ConfirmationLink; token?: string };
    const { retryAfter } = problem.details;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    if (link && problem.code === 'link_expired') return showExpired(response, link);
    showPage(response, {
      status: statusOf(problem),
      view: 'notice',
      language: link ? languageOf(link) : languageOfBrowser(request),
      portal: link?.portal,
      context: {
        code: noticeOf(problem),
        count: retryAfter && Math.ceil(retryAfter / 60),
        tryAgainAt: link && mayTryAgain(problem) ? `/confirm/${token}` : undefined,
        ...(link && problem.code === 'already_confirmed' && wayIn(link)),
      },
    });
  };
}

/** Whether opening the link again leads on. */
function mayTryAgain(problem: Refusal): boolean {
  return statusOf(problem) >= 500 || ['link_not_expired', 'too_many_attempts'].includes(problem.code);
}

/** For the template `notice`: where a user who has confirmed goes on. */
function wayIn(link: ConfirmationLink): Record<string, unknown> {
  const { slug, hasOwnSite } = link.portal;
  const site = hasOwnSite ? afterConfirmingUrl(link) : undefined;
  if (site === undefined && !link.user.hasPassword) {
    // They confirmed while the portal had a site of its own, or were confirmed by a signal.
    const wayIn = `/p/${slug}/forgotten-password`;
    return { code: 'already_confirmed_without_password', wayIn, choosesPassword: true };
  }
  if (site === undefined) return signInLink(slug);
  return { code: 'already_confirmed_own_site', wayIn: site, ownSite: new URL(site).host };
}

/** For the template `notice`: the way to the portal's sign-in. */
export function signInLink(slug: string): { wayIn: string } {
  return { wayIn: `/p/${slug}/sign-in` };
}

/** A problem without a page of its own comes from a form that is not one of ours. */
function noticeOf(problem: Refusal): string {
  if (problem.code in en.notice) return problem.code;
  return statusOf(problem) < 500 ? 'invalid_request' : 'internal_error';
}

/** For pages that are shown to nobody in particular. */
export function languageOfBrowser(request: Request): Language {
  return chooseLanguage(request.acceptsLanguages(...LANGUAGES) || undefined);
}

function languageOf({ user, portal }: ConfirmationLink): Language {
  return languageAt(portal, user.locale);
}
