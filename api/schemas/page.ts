import { z } from 'zod';

/** Rows in one page, and ids in one bulk call. */
export const MAX_ROWS = 200;
const DEFAULT_ROWS = 50;
/** The longest name there can be is in one, in base64. */
const MAX_CURSOR_LENGTH = 4_000;

/** The query of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(DEFAULT_ROWS).meta({ description: 'Rows in a page.' }),
  cursor: z.string().max(MAX_CURSOR_LENGTH).optional().meta({ description: 'nextCursor of the page before.' }),
};

/** The answer of every list. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({ data: z.array(row), nextCursor: z.string().nullable() });
}
