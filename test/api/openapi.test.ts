import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { endpoints } from '../../api/route-endpoints.ts';
import { REFUSALS } from '../../vocabulary/refusal.ts';
import { invite } from '../harness/invite.ts';
import { type Stage, setStage } from '../harness/stage.ts';

interface Operation {
  tags: string[];
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: { $ref?: string } }> }>;
  security?: unknown[];
}

let stage: Stage;
let document: {
  openapi: string;
  info: Record<string, unknown>;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, object>; required: string[] }> };
};
let operations: [string, Operation][];

beforeAll(async () => {
  stage = await setStage();
  document = (await stage.admin.get('/openapi.json').expecting(200)).body;
  operations = Object.entries(document.paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
});
afterAll(() => stage.close());

/** Every value of a member, wherever in the document it stands. */
function everywhere(name: string, value: unknown = document): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...everywhere(name, inner),
  ]);
}

test('the description is OpenAPI 3.1 of this server and names every operation', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.any(String), version: expect.any(String) },
    servers: [{ url: '/' }],
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    security: [{ apiKey: [] }],
  });
  const named = operations.map(([name]) => name);
  expect(named.toSorted()).toEqual(
    [
      ...endpoints.map(({ method, path }) => `${method} ${path}`),
      'get /confirm/{token}',
      'post /confirm/{token}',
      'post /confirm/{token}/new-link',
    ].toSorted(),
  );
  expect(named).toHaveLength(29);
});

test('the official schema of OpenAPI 3.1 accepts the description', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
});

test('every reference leads somewhere', () => {
  const references = everywhere('$ref') as string[];
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    const target = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    expect([reference, target]).toEqual([reference, expect.any(Object)]);
  }
});

test('every operation is complete: parameters of its path, a summary, answers, problems', () => {
  for (const [name, { tags, summary, parameters = [], responses, requestBody }] of operations) {
    expect([name, tags.length, summary.length > 5]).toEqual([name, 1, true]);
    const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
    expect([name, parameters.filter((one) => one.in === 'path').map((one) => one.name)]).toEqual([name, inPath]);
    expect(parameters.filter((one) => one.in === 'path').every(({ required }) => required)).toBe(true);
    expect(parameters.every(({ schema }) => typeof schema === 'object')).toBe(true);
    expect(Object.keys(responses).filter((status) => /^[23]/.test(status)).length).toBeGreaterThan(0);
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect(description.length).toBeGreaterThan(5);
      if (!/^[45]/.test(status)) continue;
      expect(content!['application/problem+json']!.schema.$ref).toBe('#/components/schemas/Problem');
    }
    const takesJson = name.includes('/v1/') && requestBody !== undefined;
    if (takesJson) expect(Object.keys(requestBody.content)).toEqual(['application/json']);
    if (takesJson) expect(Object.keys(responses)).toEqual(expect.arrayContaining(['413', '415']));
    const perKey = parameters.some((one) => one.name === 'Idempotency-Key');
    expect([name, perKey]).toEqual([name, responses['422']?.description.includes('idempotency_key_reused') ?? false]);
  }
});

test('every code of a problem is documented, and told once per answer', () => {
  expect((document.components.schemas.Problem!.properties.code as { enum: string[] }).enum).toEqual(
    Object.keys(REFUSALS),
  );
  for (const [name, { responses }] of operations) {
    for (const { description } of Object.values(responses)) {
      const codes = [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code);
      expect([name, codes]).toEqual([name, [...new Set(codes)]]);
    }
  }
});

test('a portal user in answers has the members that the description requires, and no other', async () => {
  const { api } = await stage.openPortal();
  const { read } = await invite(stage, api);
  const user = await read();
  const { properties, required } = document.components.schemas.PortalUser!;
  expect(Object.keys(user).toSorted()).toEqual(Object.keys(properties).toSorted());
  expect(required.toSorted()).toEqual(Object.keys(properties).toSorted());
  const invitation = properties.invitation as { properties: object };
  expect(Object.keys(user.invitation).toSorted()).toEqual(Object.keys(invitation.properties).toSorted());
});

test('the reference is shown from files of our own, and asks no other server', async () => {
  const page = await fetch(`${stage.url}/docs/`);
  expect(page.status).toBe(200);
  const html = await page.text();
  expect(html).not.toMatch(/https?:|\/\/\w/);
  expect(page.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*script-src 'self'.*connect-src 'self'/,
  );
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files).toHaveLength(3);
  for (const file of files) {
    const { status, headers } = await fetch(new URL(file, page.url));
    expect([file, status, headers.get('content-type')]).toEqual([file, 200, expect.stringMatching(/css|javascript/)]);
  }
  expect((await fetch(`${stage.url}/docs`)).url).toBe(page.url);
});

test('whoever opens the bare address gets the console', async () => {
  expect((await fetch(stage.url)).url).toBe(`${stage.url}/console/sign-in?next=%2Fconsole`);
});

test('the health checks tell life from readiness', async () => {
  expect((await stage.admin.get('/healthz')).body).toEqual({ status: 'ok' });
  expect(await stage.admin.get('/readyz')).toMatchObject({ status: 200, body: { postgres: true, temporal: true } });
});
