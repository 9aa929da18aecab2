import type { z } from 'zod';
import { MAX_PASSWORD_LENGTH } from '../commands/passwords/password.ts';
import type { FieldError } from '../vocabulary/refusal.ts';

/** A form's fields as they were typed, to be shown again; what is missing or was sent twice counts as empty. */
export function typedFields<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const sent = (body ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return Object.fromEntries(names.map((name) => [name, text(sent[name])])) as Record<Name, string>;
}

/** In UTF-16 units: a character takes two at the most. What is longer is no password of ours. */
const MAX_FIELD_LENGTH = 2 * MAX_PASSWORD_LENGTH;

/** Address and password as they were typed into a form to sign in. */
export function signInFields(body: unknown): { email: string; password: string } {
  const { email, password } = typedFields(body, ['email', 'password']);
  return { email: email.slice(0, MAX_FIELD_LENGTH), password: password.slice(0, MAX_FIELD_LENGTH) };
}

type Issue = z.core.$ZodIssue;

/** What is wrong, field by field: `email`, `ids[3]`, `query.limit`; `body` for the body as a whole. */
export function fieldErrors(issues: readonly Issue[], prefix: string): FieldError[] {
  return flatten(issues, []).map(({ path, message }) => ({ field: prefix + fieldName(path), message }));
}

/** A path as callers read it: `metadata.crmId`, `ids[3]`. */
export function fieldName(path: readonly PropertyKey[]): string {
  const name = path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
  return name === '' ? 'body' : name;
}

function flatten(issues: readonly Issue[], at: PropertyKey[]): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code === 'invalid_union') return flatten(likeliest(issue.errors), path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a known field' }));
    }
    return [{ path, message: isMissing(issue) ? 'is required' : issue.message }];
  });
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('received undefined');
}

/** Of several forms a value may have, the one that it was meant to have: no unknown fields, fewest errors. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const unknownFields = (issues: readonly Issue[]) =>
    issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])).length;
  const byFit = branches.toSorted(
    (a, b) => unknownFields(a) - unknownFields(b) || unknownFields(a) * (a.length - b.length),
  );
  return byFit[0] ?? [];
}
