import type { z } from 'zod';
import type { FieldError } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong, field by field: `email`, `ids[3]`, `query.limit`. */
export function fieldErrors(issues: readonly Issue[], prefix: string, at: PropertyKey[] = []): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path];
    if (issue.code === 'invalid_union') return fieldErrors(likeliest(issue.errors), prefix, path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: prefix + write([...path, key]), message: 'is not a known field' }));
    }
    return [{ field: prefix + write(path), message: issue.message }];
  });
}

/** Of several forms a value may have, the one that it was meant to have: no unknown fields, fewest errors. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const unknownFields = (issues: readonly Issue[]) => issues.filter(({ code }) => code === 'unrecognized_keys').length;
  const byFit = branches.toSorted(
    (a, b) => unknownFields(a) - unknownFields(b) || unknownFields(a) * (a.length - b.length),
  );
  return byFit[0] ?? [];
}

function write(path: PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
