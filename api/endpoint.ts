import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Portal } from '../db/entities/index.ts';
import type { Actor } from '../workflows/vocabulary.ts';
import { authenticate, visiblePortal } from './authentication.ts';
import { claimAnswer } from './claim-answer.ts';
import { fieldErrors } from './field-errors.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { entityTag, isKnown, refuseEntityTags, requireMatch } from './preconditions.ts';
import { invalidFields, Problem, type ProblemCode } from './problem.ts';
import { rememberAnswer } from './remember-answer.ts';
import type { Services } from './services.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Scope of the Idempotency-Keys of calls that name no portal. */
const ABOVE_ANY_PORTAL = '*';

/** One operation of the JSON API: what it takes, what it answers, what it does. Routing and OpenAPI come from the same value. */
export type Endpoint<Call = never> = Operation & Handling<Call>;

/** Every POST takes an Idempotency-Key, whichever of the two it has. */
type Handling<Call> =
  | {
      /** Has its effect in the transaction that it is given, together with which the answer is remembered. */
      write(unit: UnitOfWork, call: Call, services: Services): Promise<Answer>;
      handle?: undefined;
    }
  | {
      /** Reads, or has its effect outside of Postgres: then it is safe to repeat. */
      handle(call: Call, services: Services): Promise<Answer>;
      write?: undefined;
    };

interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI path, such as `/v1/portals/{portal}/users/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** Who may: holders of the portal's keys (and the administrator), or only the administrator. */
  access: 'portal' | 'administrator';
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Is about a resource with an entity tag, and calls `requireMatch` before it changes anything. */
  conditional?: boolean;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  problems?: ProblemCode[];
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  actor: Actor;
  /** @param read what a GET of the resource gives now, of the locked row. @throws Problem `precondition_failed` */
  requireMatch(read: () => unknown): Promise<void>;
}

/** A call whose path names a portal that the caller may see. */
export interface PortalCall<Params, Query, Body> extends Call<Params, Query, Body> {
  portal: Portal;
}

export interface Answer {
  status: number;
  body?: unknown;
  location?: string;
  /** Of the resource as it is now, after a change. A GET's is that of its body. */
  etag?: string;
}

type Typed<Call, Params, Query, Body> = Omit<Operation, 'params' | 'query' | 'body'> & {
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
} & Handling<Call>;

/** An operation above any portal. */
export function endpoint<P = unknown, Q = unknown, B = unknown>(definition: Typed<Call<P, Q, B>, P, Q, B>): Endpoint {
  return definition as Endpoint;
}

/** An operation on the portal that `{portal}` in its path names. */
export function portalEndpoint<P = unknown, Q = unknown, B = unknown>(
  definition: Typed<PortalCall<P, Q, B>, P, Q, B>,
): Endpoint {
  return definition as Endpoint;
}

/** The Express handler of an endpoint: who calls, is it valid, carry it out, answer. */
export function handlerOf(definition: Endpoint, services: Services): RequestHandler {
  const { method, params, query = z.strictObject({}), body, access, conditional } = definition;
  return async (request, response) => {
    const caller = await authenticate(request, services);
    const named = params === undefined ? {} : parseParams(params, request.params);
    const portal = 'portal' in named ? await visiblePortal(named.portal as string, caller, services) : undefined;
    if (access === 'administrator' && caller.actor !== 'administrator') throw new Problem('forbidden');
    if (method !== 'get' && conditional !== true) refuseEntityTags(request);

    const call = {
      portal,
      actor: caller.actor,
      params: named,
      query: parse(query, request.query, 'query.'),
      body: body === undefined ? undefined : parse(body, request.body, ''),
      requireMatch: (read: () => unknown) => requireMatch(request, read),
    };
    const key = method === 'post' ? idempotencyKeyOf(request) : undefined;
    const answer = await carryOut(definition, services, call, key);
    if (method === 'get') await call.requireMatch(() => answer.body);
    send(request, response, answer);
  };
}

async function carryOut(
  definition: Endpoint,
  services: Services,
  call: Call<object, unknown, unknown> & { portal: Portal | undefined },
  key: string | undefined,
): Promise<Answer> {
  const { method, path, write, handle } = definition;
  const scope = call.portal?.id ?? ABOVE_ANY_PORTAL;
  const idempotent = { key, scope, payload: [method, path, call.params, call.body ?? null] };
  if (write === undefined) return claimAnswer(services, idempotent, () => handle(call as never, services));
  return rememberAnswer(services, idempotent, (unit) => write(unit, call as never, services));
}

function send(request: Request, response: Response, { status, body, location, etag }: Answer): void {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const tag = isRead ? entityTag(body) : etag;
  if (tag !== undefined) response.set('ETag', tag);
  if (location !== undefined) response.location(location);
  if (isRead && isKnown(request, tag!)) response.status(304).end();
  else if (body === undefined) response.status(status).end();
  else response.status(status).json(body);
}

/** A slug or an id that cannot be one names nothing. */
function parseParams(schema: z.ZodType, params: unknown): object {
  const result = schema.safeParse(params);
  if (!result.success) throw new Problem('not_found');
  return result.data as object;
}

function parse(schema: z.ZodType, value: unknown, prefix: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues, prefix));
}
