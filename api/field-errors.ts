import type { z } from 'zod';
import type { FieldError } from './problem.ts';

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
