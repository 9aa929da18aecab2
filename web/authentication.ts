import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { hashApiKey } from '../commands/portals/api-keys.ts';
import type { Portal } from '../db/entities/index.ts';
import { findApiKey } from '../db/queries/api-keys.ts';
import { findPortal } from '../db/queries/authorization.ts';
import type { Actor } from '../vocabulary/events.ts';
import { Refusal } from '../vocabulary/refusal.ts';
import type { Services } from './services.ts';

export interface Caller {
  actor: Actor;
  /** The one portal that the key is for; undefined for the administrator. */
  portalId: string | undefined;
}

/** The limit on calls and the endpoint ask about the same request: the key is looked up once. */
const callers = new WeakMap<Request, Promise<Caller>>();

/** Who calls, by `Authorization: Bearer <API key>`. Safe to repeat. @throws Refusal `unauthorized` */
export function authenticate(request: Request, services: Services): Promise<Caller> {
  const caller = callers.get(request) ?? findCaller(request, services);
  callers.set(request, caller);
  return caller;
}

/** The key that a request names; undefined where it names none, or one that cannot be a key. */
export function apiKeyOf(request: Request): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,200})$/i.exec(request.get('Authorization') ?? '')?.[1];
}

async function findCaller(request: Request, { database, adminApiKey }: Services): Promise<Caller> {
  const key = apiKeyOf(request);
  if (key === undefined)
    throw new Refusal('unauthorized', { detail: 'Send the header "Authorization: Bearer <API key>".' });

  const keyHash = hashApiKey(key);
  if (adminApiKey !== undefined && timingSafeEqual(keyHash, hashApiKey(adminApiKey))) {
    return { actor: 'administrator', portalId: undefined };
  }
  const apiKey = await findApiKey(database.em.fork(), keyHash);
  if (apiKey === undefined)
    throw new Refusal('unauthorized', { detail: 'This API key does not exist or was revoked.' });
  return { actor: `api_key/${apiKey.id}`, portalId: apiKey.portalId };
}

/** What a refused caller is told (RFC 6750, section 3): an error only where a token came. */
export function challengeTo(request: Request): string {
  const hasToken = /^Bearer +\S/i.test(request.get('Authorization') ?? '');
  return `Bearer realm="Portal Invitations"${hasToken ? ', error="invalid_token"' : ''}`;
}

/** The portal, if the caller may see it; another portal looks like none. @throws Refusal `not_found` */
export async function visiblePortal(slug: string, caller: Caller, { database }: Services): Promise<Portal> {
  const portal = await findPortal(database.em.fork(), slug);
  if (portal === null || (caller.portalId !== undefined && caller.portalId !== portal.id))
    throw new Refusal('not_found');
  return portal;
}
