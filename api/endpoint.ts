import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { UnitOfWork } from '../commands/transaction.ts';
import type { Portal } from '../db/entities/index.ts';
import type { Actor } from '../vocabulary/events.ts';
import { invalidFields, Refusal, type RefusalCode } from '../vocabulary/refusal.ts';
import { authenticate, visiblePortal } from '../web/authentication.ts';
import { fieldErrors } from '../web/form-fields.ts';
import { type ApiResponse, claimResponse, rememberResponse } from '../web/idempotency.ts';
import type { Services } from '../web/services.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { entityTag, isKnown, refuseEntityTags, requireMatch } from './preconditions.ts';

/** Scope of the Idempotency-Keys of calls that name no portal. */
const ABOVE_ANY_PORTAL = '*';

/** One operation of the JSON API: what it takes, what it answers, what it does. Routing and OpenAPI come from the same value. */
export type Endpoint<Call = never> = Operation & Handling<Call>;

/** Every POST takes an Idempotency-Key, whichever of the two it has. */
type Handling<Call> =
  | {
      /** Has its effect in the transaction that it is given, together with which the answer is remembered. */
      write(unit: UnitOfWork, call: Call, services: Services): Promise<ApiResponse>;
      handle?: undefined;
    }
  | {
      /** Reads, or has its effect outside of Postgres: then it is safe to repeat. */
      handle(call: Call, services: Services): Promise<ApiResponse>;
      write?: undefined;
    };

interface Operation {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** OpenAPI path, such as `/v1/portals/{portal}/users/{id}`. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /**
   * Who may call it: holders of the portal's keys (and the administrator), only the administrator, or any holder of a confirmation
   * link, whose token is in the path.
   */
  access: 'portal' | 'administrator' | 'link';
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** Is about a resource with an entity tag, and calls `requireMatch` before it changes anything. */
  conditional?: boolean;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  problems?: RefusalCode[];
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  actor: Actor;
  /** @param read what a GET of the resource gives now, of the locked row. @throws Refusal `precondition_failed` */
  requireMatch(read: () => unknown): Promise<void>;
}

/** A call whose path names a portal that the caller may see. */
export interface PortalCall<Params, Query, Body> extends Call<Params, Query, Body> {
  portal: Portal;
}

/** A call by a confirmation link. */
export interface LinkCall<Body> {
  params: { token: string };
  body: Body;
  request: Request;
  response: Response;
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

/** An operation by a confirmation link. It needs no key, and its effect is safe to repeat. */
export function linkEndpoint<B = unknown>(definition: LinkOperation<B>): Endpoint {
  return { ...definition, access: 'link', tag: 'Confirmation link', params: LinkParams } as Endpoint;
}

type LinkOperation<Body> = Pick<Operation, 'method' | 'path' | 'summary' | 'description' | 'answers' | 'problems'> & {
  body?: z.ZodType<Body>;
  handle(call: LinkCall<Body>, services: Services): Promise<ApiResponse>;
};

const LinkParams = z.object({ token: z.string().meta({ description: 'As it was mailed.' }) });

/** The Express handler of an endpoint: authenticates, validates, calls the command, responds. */
export function handlerOf(definition: Endpoint, services: Services): RequestHandler {
  return definition.access === 'link' ? linkHandlerOf(definition, services) : keyHandlerOf(definition, services);
}

/** The body is parsed as fields: whatever else was sent has none. */
function linkHandlerOf({ params, body, handle }: Endpoint, services: Services): RequestHandler {
  return async (request, response) => {
    const named = parseParams(params!, request.params);
    const fields = body === undefined ? undefined : parse(body, { ...request.body }, '');
    send(response, await handle!({ params: named, body: fields, request, response } as never, services));
  };
}

function keyHandlerOf(definition: Endpoint, services: Services): RequestHandler {
  const { method, params, query = z.strictObject({}), body, access, conditional } = definition;
  return async (request, response) => {
    const caller = await authenticate(request, services);
    const named = params === undefined ? {} : parseParams(params, request.params);
    const portal = 'portal' in named ? await visiblePortal(named.portal as string, caller, services) : undefined;
    if (access === 'administrator' && caller.actor !== 'administrator') throw new Refusal('forbidden');
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
    const tag = method === 'get' ? entityTag(answer.body) : answer.etag;
    if (tag !== undefined) response.set('ETag', tag);
    if (method === 'get' && isKnown(request, tag!)) response.status(304).end();
    else send(response, answer);
  };
}

async function carryOut(
  definition: Endpoint,
  services: Services,
  call: Call<object, unknown, unknown> & { portal: Portal | undefined },
  key: string | undefined,
): Promise<ApiResponse> {
  const { method, path, write, handle } = definition;
  const scope = call.portal?.id ?? ABOVE_ANY_PORTAL;
  const idempotent = { key, scope, payload: [method, path, call.params, call.body ?? null] };
  if (write === undefined) return claimResponse(services, idempotent, () => handle(call as never, services));
  return rememberResponse(services, idempotent, (unit) => write(unit, call as never, services));
}

function send(response: Response, { status, body, location }: ApiResponse): void {
  if (location !== undefined) response.location(location);
  if (body === undefined) response.status(status).end();
  else response.status(status).json(body);
}

/** A slug or an id that cannot be one names nothing. */
function parseParams(schema: z.ZodType, params: unknown): object {
  const result = schema.safeParse(params);
  if (!result.success) throw new Refusal('not_found');
  return result.data as object;
}

function parse(schema: z.ZodType, value: unknown, prefix: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidFields(fieldErrors(result.error.issues, prefix));
}
