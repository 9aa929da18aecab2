/** How what became of a confirmation link is told: as a page in the person's language, or as JSON to who asks for it. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { chooseLanguage, LANGUAGES, type Language, languageAt } from '../../db/languages.ts';
import type { LinkHolder } from '../commands/open-confirmation-link.ts';
import type { Problem, ProblemCode } from '../problem.ts';
import { problemOf } from '../problem-of.ts';
import type { Services } from '../services.ts';
import { en } from './locales/en.ts';
import { formStatus, newPasswordFields } from './new-password-fields.ts';
import { showPage } from './pages.ts';

/** What another link would put right. */
const OFFERS_NEW_LINK: ReadonlySet<ProblemCode> = new Set(['link_superseded', 'link_expired']);

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
  const { slug, hasOwnSite, afterConfirmingUrls } = holder.portal;
  if (wantsJson(request)) {
    response.json(
      hasOwnSite ? { portal: slug, name, asksFor: 'email' } : { portal: slug, email, name, asksFor: 'password' },
    );
    return;
  }
  allowFormTargets(response, afterConfirmingUrls);
  showPage(response, {
    status: formStatus(response, refusal),
    view: 'confirm',
    language: languageOf(holder),
    portal: holder.portal,
    context: {
      name,
      ...(hasOwnSite
        ? { asksForEmail: true, typed, isOtherAddress: refusal !== undefined }
        : { email, ...newPasswordFields(refusal) }),
    },
  });
}

/** Browsers ask this header also about where the answer to a form leads. */
function allowFormTargets(response: Response, addresses: string[]): void {
  const origins = new Set(addresses.map((address) => new URL(address).origin));
  const policy = String(response.get('Content-Security-Policy'));
  response.set(
    'Content-Security-Policy',
    policy.replace("form-action 'self'", ["form-action 'self'", ...origins].join(' ')),
  );
}

/** A redirect, so that reloading the page confirms nothing a second time. */
export function showWelcome(request: Request, response: Response, holder: LinkHolder): void {
  const { slug } = holder.portal;
  const ended = response.locals.otherSessionEnded ? '&other=ended' : '';
  const address = afterConfirmingUrl(holder) ?? `/p/${slug}/welcome?language=${languageOf(holder)}${ended}`;
  response.status(303).location(address);
  if (wantsJson(request)) response.json({ confirmationStatus: 'confirmed', portal: slug });
  else response.end();
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
    showPage(response, {
      status: problem.status,
      view: 'notice',
      language: holder ? languageOf(holder) : languageOfBrowser(request),
      portal: holder?.portal,
      context: {
        code: noticeOf(problem),
        seconds: retryAfter,
        tryAgainAt: problem.status >= 500 && token !== undefined ? `/confirm/${token}` : undefined,
        ...(holder && problem.code === 'already_confirmed' && wayIn(holder)),
        newLinkAction: OFFERS_NEW_LINK.has(problem.code) ? `/confirm/${token}/new-link` : undefined,
      },
    });
  };
}

/** Where who has confirmed goes on. */
function wayIn(holder: LinkHolder): Record<string, unknown> {
  const { slug, hasOwnSite } = holder.portal;
  const site = hasOwnSite ? afterConfirmingUrl(holder) : undefined;
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

/** The portal user's own address if the portal (still) leads there, else the portal's first; undefined where it has none. */
function afterConfirmingUrl({ user, portal }: LinkHolder): string | undefined {
  const { afterConfirmingUrls: allowed } = portal;
  return allowed.find((address) => address === user.afterConfirmingUrl) ?? allowed[0];
}

function languageOf({ user, portal }: LinkHolder): Language {
  return languageAt(portal, user.locale);
}
