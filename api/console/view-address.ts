/** The fields of an address or a form in which something was typed: what is left empty is not asked for. */
export function filledFields(fields: Record<string, unknown>): Record<string, unknown> {
  const filled = Object.entries(fields).filter(([, value]) => typeof value !== 'string' || value.trim() !== '');
  return Object.fromEntries(filled);
}

/** The address of a list's view: what is undefined is not asked for. */
export function viewAddress(path: string, view: Record<string, string | undefined>): string {
  const fields = Object.entries(view).filter((field): field is [string, string] => field[1] !== undefined);
  const query = new URLSearchParams(fields);
  return `${path}${query.size > 0 ? `?${query}` : ''}`;
}
