import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { confirmationPaths } from './openapi-confirmation.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';
import { Id } from './schemas/text.ts';

const ProblemAnswer = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode]),
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
const ALWAYS: ProblemCode[] = [
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
const RetryHeaders = RateLimitHeaders.extend({
  'Retry-After': z.int().meta({ description: 'Seconds.' }),
});

const WITH_BODY: ProblemCode[] = ['request_timeout', 'payload_too_large', 'unsupported_media_type'];
const WITH_IDEMPOTENCY_KEY: ProblemCode[] = ['idempotency_key_in_use', 'idempotency_key_reused'];

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
    paths: { ...paths(), ...confirmationPaths(ProblemAnswer) },
  });
}

function paths(): ZodOpenApiPathsObject {
  const result: ZodOpenApiPathsObject = {};
  for (const definition of endpoints) {
    result[definition.path] = { ...result[definition.path], [definition.method]: operation(definition) };
  }
  return result;
}

function operation({
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
      ...successes(answers, isRead || method === 'patch'),
      ...(isRead && NOT_MODIFIED),
      ...failures(problems),
    },
  } satisfies ZodOpenApiOperationObject;
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

function successes(answers: Endpoint['answers'], hasTag: boolean) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema }]) => [
      status,
      {
        description,
        headers: hasTag ? RateLimitHeaders.extend(ETag.shape) : RateLimitHeaders,
        ...(schema && { content: { 'application/json': { schema } } }),
      },
    ]),
  );
}

function failures(codes: Set<ProblemCode>) {
  const byStatus = Object.groupBy(codes, (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus]) => [
      status,
      {
        headers: status === '429' ? RetryHeaders : RateLimitHeaders,
        description: ofStatus!.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: ProblemAnswer } },
      },
    ]),
  );
}
