import type { Request, Response } from 'express';
import type { Services } from '../../web/services.ts';
import type { PortalLocals } from '../require-signed-in.ts';
import { readDraft } from './read-draft.ts';
import { showSignIn } from './show-sign-in.ts';

/**
 * Asks to sign in, and leads to the wanted page after that. Whose session ended while they were typing gets the form to sign
 * in at once, with what they typed in it: nothing of it is lost but files, which must be chosen again.
 */
export async function askToSignIn(services: Services, request: Request, response: Response): Promise<void> {
  const { portal } = response.locals as PortalLocals;
  // Where nobody signs in, the sign-in says where to go.
  if (request.method === 'GET' || request.method === 'HEAD' || portal.hasOwnSite) {
    return response.redirect(303, `/p/${portal.slug}/sign-in?next=${encodeURIComponent(request.originalUrl)}`);
  }
  const { draft, hadFiles } = await readDraft(services, request, response, portal.slug);
  showSignIn(response, { status: 401, next: draft.path, draft, hadFiles, ended: true });
}

/**
 * What somebody typed into the form of the page with this path before they had to sign in again, by field; undefined where
 * there is nothing. Only once: whoever shows it has it in the form. A form whose address (its `action`) is below its page's
 * counts as the page's own, as long as a GET of that address leads to the page.
 */
export function takeDraft(request: Request, path: string): Record<string, string> | undefined {
  const { draft } = request.session;
  if (draft === undefined || !(draft.path === path || draft.path.startsWith(`${path}/`))) return undefined;
  delete request.session.draft;
  return draft.fields;
}
