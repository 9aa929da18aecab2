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

const WITH_BODY: ProblemCode[] = ['payload_too_large', 'unsupported_media_type'];
const WITH_IDEMPOTENCY_KEY: ProblemCode[] = ['idempotency_key_in_use', 'idempotency_key_reused'];

/** The OpenAPI 3.1 description, made of the very schemas that validate. */
export function openApiDocument() {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Portal Invitations',
      version: '1',
      description: 'Invites people to customer portals. Every invitation is one durable Temporal workflow.',
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

function operation({ tag, summary, description, params, query, body, idempotent, answers, ...rest }: Endpoint) {
  const problems = new Set([
    ...ALWAYS,
    ...(rest.access === 'administrator' ? (['forbidden'] as const) : []),
    ...(body ? WITH_BODY : []),
    ...(idempotent ? WITH_IDEMPOTENCY_KEY : []),
    ...(rest.problems ?? []),
  ]);
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    requestParams: {
      ...(params && { path: params as z.ZodObject }),
      ...(query && { query: query as z.ZodObject }),
      ...(idempotent && { header: IdempotencyHeader }),
    },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...successes(answers), ...failures(problems) },
  } satisfies ZodOpenApiOperationObject;
}

const IdempotencyHeader = z.object({
  'Idempotency-Key': z
    .string()
    .optional()
    .meta({ description: 'Repeating the call with the same key gives the first answer again.' }),
});

function successes(answers: Endpoint['answers']) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema }]) => [
      status,
      { description, headers: RateLimitHeaders, ...(schema && { content: { 'application/json': { schema } } }) },
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
