import type { Request, Response } from 'express';
import { saveNotes } from './sessions.ts';

/** Records what the next page says that this browser is shown. Not an error where it cannot be stored: what it is about is done. */
export async function flash(request: Request, kind: 'done' | 'problem', text: string): Promise<void> {
  request.session.flash = { kind, text };
  await saveNotes(request).catch(() => {});
}

/** What the previous request of this browser recorded. {@link sendPage} removes it from the session. */
export function takeFlash(request: Request): { text: string; isProblem: boolean } | undefined {
  const flash = request.session?.flash;
  if (flash === undefined) return undefined;
  delete request.session.flash;
  return { text: flash.text, isProblem: flash.kind === 'problem' };
}

/**
 * Sends a page that may show what the session had noted for it. The session forgets that first, so that the page after this one
 * does not show it, too.
 */
export function sendPage(response: Response, view: string, options: object): void {
  const { req: request } = response;
  response.render(view, options, (error, html) => {
    if (error) return request.next!(error);
    const saving = request.session === undefined ? Promise.resolve() : saveNotes(request);
    void saving.catch(() => {}).then(() => response.send(html));
  });
}
