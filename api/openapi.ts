import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { Id } from '../schemas/text.ts';
import {
  DEAD_LINKS,
  DeadLink,
  type DeadLinkReason,
  REFUSALS,
  Refusal,
  type RefusalCode,
} from '../vocabulary/refusal.ts';
import { statusOf } from '../web/problem.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './route-endpoints.ts';
import { confirmationLink } from './routes/confirmation-link.ts';

const ProblemAnswer = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(REFUSALS) as [RefusalCode]),
    detail: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    reason: z.string().optional().meta({ description: 'A finer name within the code.' }),
    retryAfter: z.int().optional().meta({ description: 'Seconds; the same as the header Retry-After.' }),
    portalUserId: Id.optional().meta({ description: 'Of `portal_user_exists`.' }),
    contactId: Id.optional().meta({ description: 'Of `contact_exists`.' }),
    operatorId: Id.optional().meta({ description: 'Of `operator_exists`.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. Match by `code`.' });

/** What every call may be answered. */
const ALWAYS: RefusalCode[] = [
  'invalid_request',
  'unauthorized',
  'not_found',
  'precondition_failed',
  'rate_limited',
  'internal_error',
  'unavailable',
];

/** draft-ietf-httpapi-ratelimit-headers-11 */
const RateLimitHeaders = z.object({
  'RateLimit-Policy': z
    .string()
    .meta({ description: 'Calls (`q`) in seconds (`w`).', example: '"default";q=1000;w=60' }),
  RateLimit: z.string().meta({
    description: 'Calls left (`r`), and seconds until they are renewed (`t`).',
    example: '"default";r=999;t=60',
  }),
});
const RetryAfter = z.object({ 'Retry-After': z.int().meta({ description: 'Seconds.' }) });

const WITH_BODY: RefusalCode[] = ['request_timeout', 'payload_too_large', 'unsupported_media_type'];
const WITH_IDEMPOTENCY_KEY: RefusalCode[] = ['idempotency_key_in_use', 'idempotency_key_reused'];

/** The OpenAPI 3.1 description, made of the very schemas that validate. */
export function openApiDocument() {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Portal Invitations',
      version: '1',
      description: `Invites people to customer portals. Every invitation is one durable Temporal workflow.

A method that an address does not support is refused with 405 and the header \`Allow\`. No answer may be stored (\`Cache-Control: no-store\`).`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    security: [{ apiKey: [] }],
    paths: paths([...endpoints, ...confirmationLink]),
  });
}

function paths(definitions: Endpoint[]): ZodOpenApiPathsObject {
  const result: ZodOpenApiPathsObject = {};
  for (const definition of definitions) {
    const described = definition.access === 'link' ? linkOperation(definition) : keyOperation(definition);
    result[definition.path] = { ...result[definition.path], [definition.method]: described };
  }
  return result;
}

function keyOperation({
  method,
  tag,
  summary,
  description,
  params,
  query,
  body,
  conditional,
  answers,
  ...rest
}: Endpoint) {
  const isRead = method === 'get';
  const takesKey = method === 'post';
  const problems = new Set([
    ...ALWAYS,
    ...(rest.access === 'administrator' ? (['forbidden'] as const) : []),
    ...(body ? WITH_BODY : []),
    ...(takesKey ? WITH_IDEMPOTENCY_KEY : []),
    ...(rest.problems ?? []),
  ]);
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    requestParams: {
      ...(params && { path: params as z.ZodObject }),
      ...(query && { query: query as z.ZodObject }),
      header: z.object({
        ...(takesKey && IdempotencyKey),
        ...(isRead && IfNoneMatch),
        ...((conditional === true || isRead) && IfMatch),
      }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      ...successes(answers, isRead || method === 'patch' ? RateLimitHeaders.extend(ETag.shape) : RateLimitHeaders),
      ...(isRead && NOT_MODIFIED),
      ...failures(
        [...problems].map((code) => new Refusal(code)),
        RateLimitHeaders,
      ),
    },
  } satisfies ZodOpenApiOperationObject;
}

/** By a confirmation link: without a key, its limits and its headers. The path has pages for browsers, too, whose forms it reads. */
function linkOperation({ tag, summary, description, params, body, answers, problems = [] }: Endpoint) {
  const codes = [...LINK_ALWAYS, ...(body ? (['forbidden', ...WITH_BODY] as const) : []), ...problems];
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: [],
    requestParams: { path: params as z.ZodObject },
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: body }, 'application/x-www-form-urlencoded': { schema: body } },
      },
    }),
    responses: { ...successes(answers, undefined), ...failures(codes.map(linkRefusal), undefined) },
  } satisfies ZodOpenApiOperationObject;
}

/** What every call by a link may be answered. */
const LINK_ALWAYS: RefusalCode[] = ['not_found', 'internal_error', 'unavailable'];

function linkRefusal(code: RefusalCode): Refusal {
  return (DEAD_LINKS as readonly RefusalCode[]).includes(code)
    ? new DeadLink(code as DeadLinkReason)
    : new Refusal(code);
}

const IdempotencyKey = {
  'Idempotency-Key': z.string().optional().meta({
    description:
      'A string of RFC 9651, such as `"8e03978e"`; the quotes may be left out. Repeating the call with the same key within a day gives the first answer again.',
  }),
};
const IfMatch = {
  'If-Match': z.string().optional().meta({
    description:
      'The `ETag` of a GET: the call is refused if the resource has changed since. `*` matches whatever is there.',
  }),
};
const IfNoneMatch = {
  'If-None-Match': z
    .string()
    .optional()
    .meta({ description: 'The `ETag` of an earlier answer: 304 if it is the same.' }),
};
const ETag = z.object({
  ETag: z.string().meta({ description: 'A strong entity tag of what a GET of the resource gives.' }),
});
const NOT_MODIFIED = {
  304: { description: 'What If-None-Match names is what there is.', headers: RateLimitHeaders.extend(ETag.shape) },
};

function successes(answers: Endpoint['answers'], headers: z.ZodObject | undefined) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema }]) => [
      status,
      {
        description,
        ...(headers && { headers }),
        ...(schema && { content: { 'application/json': { schema } } }),
      },
    ]),
  );
}

function failures(refusals: Refusal[], headers: z.ZodObject | undefined) {
  const byStatus = Object.groupBy(refusals, (refusal) => String(statusOf(refusal)));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus]) => [
      status,
      {
        headers: z.object({ ...headers?.shape, ...(status === '429' && RetryAfter.shape) }),
        description: ofStatus!.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
        content: { 'application/problem+json': { schema: ProblemAnswer } },
      },
    ]),
  );
}
