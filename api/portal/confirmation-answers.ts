/** How what became of a confirmation link is told: as a page in the person's language, or as JSON to who asks for it. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { chooseLanguage, LANGUAGES, type Language, languageAt } from '../../db/languages.ts';
import type { LinkHolder } from '../commands/open-confirmation-link.ts';
import type { Problem } from '../problem.ts';
import { problemOf } from '../problem-of.ts';
import type { Services } from '../services.ts';
import { afterConfirmingUrl, welcomeAddress } from './after-confirming.ts';
import { en } from './locales/en.ts';
import { formStatus, newPasswordFields } from './new-password-fields.ts';
import { showPage } from './pages.ts';

export function wantsJson(request: Request): boolean {
  return request.accepts(['html', 'json']) === 'json';
}

/** The form for the new password, or for the address where none is chosen here; again with what was wrong with the last one. */
export function showForm(
  request: Request,
  response: Response,
  holder: LinkHolder,
  { refusal, typed }: { refusal?: Problem; typed?: string } = {},
): void {
  const { email, name } = holder.contact;
  const { slug, hasOwnSite } = holder.portal;
  if (wantsJson(request)) {
    response.json(
      hasOwnSite ? { portal: slug, name, asksFor: 'email' } : { portal: slug, email, name, asksFor: 'password' },
    );
    return;
  }
  showPage(response, {
    status: formStatus(response, refusal),
    view: 'confirm',
    language: languageOf(holder),
    portal: holder.portal,
    context: {
      name,
      ...(hasOwnSite
        ? { asksForEmail: true, ...addressFields(refusal, typed) }
        : { email, ...newPasswordFields(refusal) }),
    },
  });
}

/**
 * A redirect, so that reloading the page confirms nothing a second time. It leads a browser to a page of ours, which leads on,
 * and a program to the final address.
 */
export function showWelcome(request: Request, response: Response, holder: LinkHolder): void {
  const ourPage = welcomeAddress(holder, languageOf(holder));
  response.status(303);
  if (wantsJson(request)) {
    response.location(afterConfirmingUrl(holder) ?? ourPage);
    response.json({ confirmationStatus: 'confirmed', portal: holder.portal.slug });
  } else {
    response.location(response.locals.otherSessionEnded ? `${ourPage}&other=ended` : ourPage).end();
  }
}

/** The page of an expired link, whose form asks for the invited address; again with what was wrong with the last one. */
export function showExpired(
  response: Response,
  holder: LinkHolder,
  { refusal, typed }: { refusal?: Problem; typed?: string } = {},
): void {
  showPage(response, {
    status: refusal?.status ?? 410,
    view: 'notice',
    language: languageOf(holder),
    portal: holder.portal,
    context: {
      code: 'link_expired',
      newLinkAction: `/confirm/${response.locals.token}/new-link`,
      ...addressFields(refusal, typed),
    },
  });
}

/** For the partial `invited-address-field`. */
function addressFields(refusal: Problem | undefined, typed: string | undefined): Record<string, unknown> {
  return { typed, isOtherAddress: refusal !== undefined };
}

export function showNotice(
  request: Request,
  response: Response,
  holder: LinkHolder,
  code: 'pending' | 'new_link',
): void {
  response.status(202);
  if (wantsJson(request)) {
    response.json({ status: code });
    return;
  }
  const language = languageOf(holder);
  showPage(response, { status: 202, view: 'notice', language, portal: holder.portal, context: { code } });
}

/** Each problem has its own page; the last middleware of the link's router. */
export function showLinkProblem({ logger }: Services): ErrorRequestHandler {
  return (error, request: Request, response: Response, next) => {
    if (wantsJson(request)) return next(error);
    const problem = problemOf(error, logger);
    const { holder, token } = response.locals as { holder?: LinkHolder; token?: string };
    const { retryAfter } = problem.details;
    if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
    if (holder && problem.code === 'link_expired') return showExpired(response, holder);
    showPage(response, {
      status: problem.status,
      view: 'notice',
      language: holder ? languageOf(holder) : languageOfBrowser(request),
      portal: holder?.portal,
      context: {
        code: noticeOf(problem),
        count: retryAfter && Math.ceil(retryAfter / 60),
        tryAgainAt: holder && mayTryAgain(problem) ? `/confirm/${token}` : undefined,
        ...(holder && problem.code === 'already_confirmed' && wayIn(holder)),
      },
    });
  };
}

/** Whether opening the link again leads on. */
function mayTryAgain({ code, status }: Problem): boolean {
  return status >= 500 || ['link_not_expired', 'too_many_attempts'].includes(code);
}

/** Where who has confirmed goes on. */
function wayIn(holder: LinkHolder): Record<string, unknown> {
  const { slug, hasOwnSite } = holder.portal;
  const site = hasOwnSite ? afterConfirmingUrl(holder) : undefined;
  if (site === undefined && !holder.user.hasPassword) {
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

/** What has no page of its own is a form, or a program, that does not speak as ours does. */
function noticeOf({ code, status }: Problem): string {
  if (code in en.notice) return code;
  return status < 500 ? 'invalid_request' : 'internal_error';
}

/** For pages that are shown to nobody in particular. */
export function languageOfBrowser(request: Request): Language {
  return chooseLanguage(request.acceptsLanguages(...LANGUAGES) || undefined);
}

function languageOf({ user, portal }: LinkHolder): Language {
  return languageAt(portal, user.locale);
}
