/** A `like` condition for text that contains `part`, in any case; `%` and `_` mean themselves. */
export function containing(part: string): { $like: string } {
  return { $like: `%${part.toLowerCase().replace(/[\\%_]/g, '\\$&')}%` };
}
