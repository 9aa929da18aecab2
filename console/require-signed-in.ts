import type { Request, RequestHandler, Response } from 'express';
import type { Operator, Portal } from '../db/entities/index.ts';
import { findMemberships } from '../db/queries/authorization.ts';
import type { Actor } from '../vocabulary/events.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import type { OperatorRole } from '../vocabulary/statuses.ts';
import { typedFields } from '../web/form-fields.ts';
import type { Services } from '../web/services.ts';
import { endSession } from '../web/sessions.ts';

/** Who is signed in, and the portals they work for, by name. */
export interface SignedIn {
  operator: Operator;
  actor: Actor;
  /** The operator's, at the portal of the page; on a page of no portal, at the first of their portals. */
  name: string;
  portals: { portal: Portal; role: OperatorRole; name: string }[];
}

/** A request of a signed-in operator to a page of one portal. */
export interface PortalCall extends SignedIn {
  request: Request;
  response: Response;
  portal: Portal;
  role: OperatorRole;
}

/** The scope in which `submitOnce` recognizes a repeated form of the console: the portal's. */
export function formScope({ id }: Pick<Portal, 'id'>): string {
  return `${id}/console`;
}

/** Lets only operators pass; others are asked to sign in, and come back to where they wanted to go. */
export function requireOperator({ database }: Services): RequestHandler {
  return async (request, response, next) => {
    const { operatorId } = request.session;
    const signedIn = operatorId === undefined ? undefined : await findSignedIn(database, operatorId);
    if (signedIn === undefined) {
      if (operatorId !== undefined) await endSession(request);
      return askToSignIn(request, response);
    }
    Object.assign(response.locals, signedIn);
    requireOpenedBy(request, signedIn.operator);
    next();
  };
}

/**
 * Refuses a form that another operator opened, who was signed in in this browser before: it would be carried out in the name of
 * the one who is signed in now. The partial `opened-by` is in every form. Safe to repeat.
 *
 * @throws Refusal `forbidden`
 */
export function requireOpenedBy({ body }: Request, { id }: Operator): void {
  const { openedBy } = typedFields(body, ['openedBy']);
  if (openedBy !== '' && openedBy !== id) {
    throw new Refusal('forbidden', {
      detail: 'Another operator was signed in when this form was opened. Nothing was done. Open the page again.',
    });
  }
  delete (body as { openedBy?: unknown } | undefined)?.openedBy;
}

/** A handler of a portal's page. Another portal's page is "not found". @throws Refusal `not_found`, `forbidden` */
export function atPortal(
  handle: (call: PortalCall) => Promise<unknown> | unknown,
  { role: needed }: { role?: OperatorRole } = {},
): RequestHandler {
  return async (request, response) => {
    const { operator, actor, portals } = response.locals as unknown as SignedIn;
    const membership = portals.find(({ portal }) => portal.slug === request.params.portal);
    if (membership === undefined) throw new Refusal('not_found');
    Object.assign(response.locals, membership);
    if (needed === 'owner' && membership.role !== 'owner') {
      throw new Refusal('forbidden', { detail: 'Only owners of this portal may do that. Ask one of them.' });
    }
    await handle({ request, response, operator, actor, portals, ...membership });
  };
}

/** The operator and their portals; undefined where they work for none any more. */
export async function findSignedIn(database: Services['database'], operatorId: string): Promise<SignedIn | undefined> {
  const memberships = await findMemberships(database.em.fork(), operatorId);
  const operator = memberships[0]?.operator.getEntity();
  if (operator === undefined) return undefined;
  const portals = memberships.map(({ portal, role, name }) => ({ portal: portal.getEntity(), role, name }));
  return { operator, actor: `operator/${operator.id}`, name: portals[0]!.name, portals };
}

/** Nothing is carried out without a session: what was sent is not kept, and the page says so. */
function askToSignIn(request: Request, response: Response): void {
  const wanted = request.method === 'GET' && !isFragment(request) ? request.originalUrl : currentPage(request);
  const ended = request.method === 'GET' ? '' : '&ended=1';
  const address = `/console/sign-in?next=${encodeURIComponent(wanted)}${ended}`;
  if (isFragment(request)) response.set('HX-Redirect', address).status(200).end();
  else response.redirect(303, address);
}

/** Whether a script of ours asked for a part of a page. */
export function isFragment(request: Request): boolean {
  return request.get('HX-Request') === 'true';
}

/** The address the browser shows: of a page that sent a form, or of one that loads a part of itself. */
function currentPage(request: Request): string {
  const address = request.get('HX-Current-URL') ?? request.get('Referer');
  if (address === undefined || !URL.canParse(address)) return '/console';
  const { pathname, search } = new URL(address);
  return pathname + search;
}
