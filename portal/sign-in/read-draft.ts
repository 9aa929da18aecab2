import type { Request, Response } from 'express';
import { MAX_TEXT_LENGTH } from '../../schemas/request.ts';
import { Refusal } from '../../vocabulary/refusal.ts';
import { typedFields } from '../../web/form-fields.ts';
import { pageWithin } from '../../web/same-origin.ts';
import type { Services } from '../../web/services.ts';
import { type MultipartForm, readMultipart } from '../../web/uploads/read-multipart.ts';

/** What was typed into a form that could not be carried out, and the path of the page with the form. */
export interface Draft {
  path: string;
  /** Id of the portal user whose page the form was on. */
  writer?: string;
  fields: Record<string, string>;
}

/** Kept from the names of the sign-in form's own fields. */
const PREFIX = 'draft.';
const WRITER = 'draft.writer';
/** What people write into the portal's forms; nothing else is kept. */
const TEXTS = new Set(['subject', 'description', 'text']);
/** The longest text in bytes, the fields that a form has, and some more files than it may have. */
const LIMITS = { fieldSize: 100_000, fields: 5, files: 10, parts: 15 };
const FORM: MultipartForm = {
  sender: 'anonymous',
  limits: LIMITS,
  keeps: LIMITS.fields * LIMITS.fieldSize,
  refuse: () => new Refusal('invalid_request'),
};

/**
 * The text fields of a form that was sent by somebody who is not signed in (any more), and whether files came with it, which
 * are read past. @throws Refusal `invalid_request` for a form that is not ours, or was cut off; `request_timeout`, `unavailable`
 */
export async function readDraft(
  services: Services,
  request: Request,
  response: Response,
  slug: string,
): Promise<{ draft: Draft; hadFiles: boolean }> {
  const hasParts = request.is('multipart/form-data') !== false;
  const { hadFiles } = hasParts ? await readMultipart(services, request, response, FORM) : { hadFiles: false };
  const { writer } = typedFields(request.body, ['writer']);
  return { draft: { path: pageOf(request, slug), writer, fields: textsOf(request.body, '') }, hadFiles };
}

/** The draft among the sign-in form's fields; undefined where there is none. */
export function draftAmong(body: unknown, path: string): Draft | undefined {
  const fields = textsOf(body, PREFIX);
  const { [WRITER]: writer } = typedFields(body, [WRITER]);
  return Object.keys(fields).length === 0 ? undefined : { path, writer, fields };
}

/** The sign-in form's hidden fields for a draft. */
export function hiddenFields(draft: Draft | undefined): { name: string; value: string }[] {
  if (draft === undefined) return [];
  const texts = Object.entries(draft.fields).map(([name, value]) => ({ name: PREFIX + name, value }));
  return draft.writer && texts.length > 0 ? [...texts, { name: WRITER, value: draft.writer }] : texts;
}

function textsOf(body: unknown, prefix: string): Record<string, string> {
  const typed = Object.entries((body ?? {}) as Record<string, unknown>).filter(
    (field): field is [string, string] =>
      field[0].startsWith(prefix) && typeof field[1] === 'string' && TEXTS.has(field[0].slice(prefix.length)),
  );
  return Object.fromEntries(typed.map(([name, value]) => [name.slice(prefix.length), value.slice(0, MAX_TEXT_LENGTH)]));
}

/** The page that sent a form, as the browser says; else the form's own address. */
function pageOf(request: Request, slug: string): string {
  const referrer = request.get('Referer') ?? '';
  const page = URL.canParse(referrer) ? new URL(referrer).pathname : request.originalUrl;
  return new URL(nextPage(slug, page), 'http://portal').pathname;
}

/** Where somebody who signs in at a portal wanted to go, as path and query: one of this portal's pages, never anything else. */
export function nextPage(slug: string, wanted: unknown): string {
  return pageWithin(`/p/${slug}`, wanted, SIGNING_IN);
}

const SIGNING_IN = /^\/(sign-(in|out|out-everywhere)|forgotten-password|reset(\/.*)?)\/?$/;
