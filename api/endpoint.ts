import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Portal } from '../db/entities/index.ts';
import type { Actor } from '../workflows/vocabulary.ts';
import { authenticate, visiblePortal } from './authentication.ts';
import { fieldErrors } from './field-errors.ts';
import { idempotencyKeyOf } from './idempotency-key.ts';
import { invalidFields, Problem, type ProblemCode } from './problem.ts';
import type { Services } from './services.ts';

/** One operation of the JSON API: what it takes, what it answers, what it does. Routing and OpenAPI come from the same value. */
export interface Endpoint<Call = never> {
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
  /** Takes an Idempotency-Key. */
  idempotent?: boolean;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  problems?: ProblemCode[];
  handle(call: Call, services: Services): Promise<Answer>;
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  actor: Actor;
  idempotencyKey: string | undefined;
}

/** A call whose path names a portal that the caller may see. */
export interface PortalCall<Params, Query, Body> extends Call<Params, Query, Body> {
  portal: Portal;
}

export interface Answer {
  status: number;
  body?: unknown;
  location?: string;
}

type Typed<Call, Params, Query, Body> = Omit<Endpoint<Call>, 'params' | 'query' | 'body'> & {
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
};

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
  const { params, query = z.strictObject({}), body, access, idempotent } = definition;
  return async (request, response) => {
    const caller = await authenticate(request, services);
    const named = params === undefined ? {} : parseParams(params, request.params);
    const portal = 'portal' in named ? await visiblePortal(named.portal as string, caller, services) : undefined;
    if (access === 'administrator' && caller.actor !== 'administrator') throw new Problem('forbidden');

    const call = {
      portal,
      actor: caller.actor,
      params: named,
      query: parse(query, request.query, 'query.'),
      body: body === undefined ? undefined : parse(body, request.body, ''),
      idempotencyKey: idempotent === true ? idempotencyKeyOf(request) : undefined,
    };
    const answer = await definition.handle(call as never, services);

    if (answer.location !== undefined) response.location(answer.location);
    response.status(answer.status);
    if (answer.body === undefined) response.end();
    else response.json(answer.body);
  };
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
