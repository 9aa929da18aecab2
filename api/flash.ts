import type { Request } from 'express';

/** Says something on the next page that this browser is shown. */
export function flash(request: Request, kind: 'done' | 'problem', text: string): void {
  request.session.flash = { kind, text };
}

/** What the last request of this browser left to say, once. */
export function takeFlash(request: Request): { text: string; isProblem: boolean } | undefined {
  const flash = request.session?.flash;
  if (flash === undefined) return undefined;
  delete request.session.flash;
  return { text: flash.text, isProblem: flash.kind === 'problem' };
}
