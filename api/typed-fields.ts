/** A form's fields as they were typed, to be shown again; what is missing or was sent twice counts as empty. */
export function typedFields<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const sent = (body ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return Object.fromEntries(names.map((name) => [name, text(sent[name])])) as Record<Name, string>;
}
