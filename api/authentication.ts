import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { Portal } from '../db/entities/index.ts';
import { findApiKey } from '../db/queries/find-api-key.ts';
import type { Actor } from '../workflows/vocabulary.ts';
import { Problem } from './problem.ts';
import type { Services } from './services.ts';

export interface Caller {
  actor: Actor;
  /** The one portal that the key is for; undefined for the administrator. */
  portalId: string | undefined;
}

/** The limit on calls and the endpoint ask about the same request: the key is looked up once. */
const callers = new WeakMap<Request, Promise<Caller>>();

/** Who calls, by `Authorization: Bearer <API key>`. Safe to repeat. @throws Problem `unauthorized` */
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
    throw new Problem('unauthorized', { detail: 'Send the header "Authorization: Bearer <API key>".' });

  const keyHash = hashApiKey(key);
  if (adminApiKey !== undefined && timingSafeEqual(keyHash, hashApiKey(adminApiKey))) {
    return { actor: 'administrator', portalId: undefined };
  }
  const apiKey = await findApiKey(database.em.fork(), keyHash);
  if (apiKey === undefined)
    throw new Problem('unauthorized', { detail: 'This API key does not exist or was revoked.' });
  return { actor: `api_key/${apiKey.id}`, portalId: apiKey.portalId };
}

/** What a refused caller is told (RFC 6750, section 3): an error only where a token came. */
export function challengeTo(request: Request): string {
  const hasToken = /^Bearer +\S/i.test(request.get('Authorization') ?? '');
  return `Bearer realm="Portal Invitations"${hasToken ? ', error="invalid_token"' : ''}`;
}

/** The portal, if the caller may see it; another portal looks like none. @throws Problem `not_found` */
export async function visiblePortal(slug: string, caller: Caller, { database }: Services): Promise<Portal> {
  const portal = await database.em.fork().findOne(Portal, { slug });
  if (portal === null || (caller.portalId !== undefined && caller.portalId !== portal.id))
    throw new Problem('not_found');
  return portal;
}

/** What is kept of a key. A fast hash is enough: keys are 256 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
